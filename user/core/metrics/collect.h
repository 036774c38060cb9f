/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What fills the rows of the metrics table. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/capacity/account.h"
#include "core/metrics/exposition.h"
#include "core/state/correction.h"
#include "core/state/state.h"

struct alert_scene;
struct alerts;
struct call_counts;
struct eni_sums;
struct eni_usage;
struct forecast_answer;
struct leaks;
struct supply;

enum {
	METRICS_LOSS_MAX = 32,
	METRICS_PROGRAM_MAX = 16,
	METRICS_SOURCE_MAX = 24,
	METRICS_TABLE_MAX = 16,
	METRICS_RECEIVER_MAX = 4,
	METRICS_LOG_WORK_MAX = 8,
	METRICS_DEGRADATION_MAX = 24,
};

struct metrics_source {
	const char *source;
	bool is_asked; /* else it is not on this node: down, and no number is known */
	bool is_up;
	uint64_t entries;
	uint64_t errors; /* what was not understood, ever */
	double age_s; /* since its last good answer; < 0 there was none, or it has no age */
	double disagreements; /* with sources before it, now; < 0 it names no ranges */
};

/* Of the agent itself. */
struct process_usage {
	double cpu_s; /* user and system */
	double start_s; /* since the epoch */
	uint64_t resident_bytes;
	uint64_t virtual_bytes;
	uint64_t open_fds;
	uint64_t max_fds;
};

/* Of the configuration, since the start. */
struct metrics_reloads {
	uint64_t applied, failed;
	bool last_failed;
	double applied_at_s; /* since the epoch; the start counts */
};

enum metrics_web_cause {
	METRICS_WEB_CONNECTION_LIMIT, /* it made room for others, or found none */
	METRICS_WEB_PEER_LIMIT, /* it made room for another one of its address */
	METRICS_WEB_SLOW, /* for too long in one request */
	METRICS_WEB_HANDSHAKE, /* of TLS, not finished */
	METRICS_WEB_PASSWORD, /* none, or a wrong one */
	METRICS_WEB_PASSWORD_RATE, /* too many new ones to judge */
	METRICS_WEB_RATE, /* past the configuration's rate_limit */
	METRICS_WEB_CAUSE_COUNT,
};

enum metrics_socket_cause {
	METRICS_SOCKET_USER, /* another than root and the agent's own */
	METRICS_SOCKET_CONNECTION_LIMIT, /* it made room for others, or found none */
	METRICS_SOCKET_SLOW, /* for too long in one request */
	METRICS_SOCKET_CAUSE_COUNT,
};

struct metrics_web {
	uint64_t refused[METRICS_WEB_CAUSE_COUNT]; /* connections and requests, ever */
	struct metrics_reloads reloads; /* of its configuration */
	bool has_certificate;
	double not_before_s, not_after_s; /* of the certificate, since the epoch */
};

/* Somebody who is told of alerts. */
struct metrics_receiver {
	const char *receiver;
	uint64_t sent, failed; /* requests, ever */
	uint64_t dropped; /* alerts that were left out, ever */
};

/* Of all event logs together. */
struct metrics_log {
	uint64_t written, lost; /* records */
	uint64_t coalesced; /* records left out in storms */
	uint32_t failing; /* logs whose last write failed */
	uint64_t bytes, files; /* live and old */
	uint64_t rotations, reopened;
	struct {
		const char *work; /* NULL: no more */
		uint64_t count;
	} errors[METRICS_LOG_WORK_MAX];
};

/* Something that may be missing or limited on this node. */
struct metrics_degradation {
	const char *what;
	const char *capability; /* whose lack it is; NULL: another reason */
	const char *why; /* what it costs; borrowed */
	bool is_degraded;
};

/* What the agent knows beyond state and account. Names are literals. */
struct metrics_input {
	const struct state *state;
	const struct account *account;
	const char *backend;
	const char *backend_limit; /* what it does not see, and why; NULL: nothing */
	const char *version, *revision;
	struct {
		const char *cause;
		uint64_t count;
	} losses[METRICS_LOSS_MAX];
	struct {
		const char *program;
		uint64_t runs;
		uint64_t time_ns;
	} programs[METRICS_PROGRAM_MAX];
	struct metrics_source sources[METRICS_SOURCE_MAX];
	struct {
		const char *table;
		double entries, limit;
	} tables[METRICS_TABLE_MAX]; /* beside those of state and account */
	size_t loss_count, program_count, source_count, table_count;
	struct metrics_degradation degradations[METRICS_DEGRADATION_MAX];
	size_t degradation_count;
	const struct call_counts *call_counts; /* NULL: none */
	const struct leaks *leaks; /* NULL: none */
	struct metrics_receiver receivers[METRICS_RECEIVER_MAX];
	size_t receiver_count;
	const struct alerts *alerts; /* NULL: none */
	const struct alert_scene *alert_scene; /* which they were judged by last; NULL: none */
	const struct supply *supply; /* NULL: none */
	const struct forecast_answer *forecasts; /* of each range; NULL: none */
	const struct eni_sums *range_sums; /* of each range; NULL: nothing is attached */
	const struct eni_usage *eni_usages; /* of each ENI of the supply */
	double max_addresses; /* that the instance type's ENIs can hold; 0 not known */
	const char *capture; /* how plugins' words are heard; "none" */
	bool is_capturing; /* they would be now */
	uint32_t waiting; /* pods that wait for their address */
	double oldest_wait_s;
	uint32_t unattributed; /* namespaces of this node whose pod nobody knows */
	uint64_t disagreements;
	uint64_t corrections[CORRECTION_COUNT];
	double reconcile_at_s; /* since the epoch; 0 never */
	double reconcile_took_s;
	struct metrics_log log;
	struct metrics_reloads reloads;
	struct metrics_web web;
	uint64_t socket_refused[METRICS_SOCKET_CAUSE_COUNT]; /* connections, ever */
	int64_t wall_offset_ns; /* from a monotonic time to one since the epoch; 0 not known */
	struct process_usage process;
	const char *const *left_out; /* families that are not known, ends with NULL; NULL: none */
};

/* One entry more; past the bounds of struct metrics_input it is left out. */
void collect_add_loss(struct metrics_input *input, const char *cause, uint64_t count);
void collect_add_program(struct metrics_input *input, const char *program, uint64_t runs,
			 uint64_t time_ns);
void collect_add_table(struct metrics_input *input, const char *table, double entries,
		       double limit);
void collect_add_degradation(struct metrics_input *input,
			     const struct metrics_degradation *degradation);
void collect_put_source(struct metrics_input *input, const struct metrics_source *source);
/* One that is asked, and says nothing of ranges. */
void collect_add_source(struct metrics_input *input, const char *source, bool up, uint64_t entries,
			uint64_t errors);

void collect_add_receiver(struct metrics_input *input, const struct metrics_receiver *receiver);

/* One of three: a number of each range, a number of the agent, or a function that writes all
 * samples of the family. */
struct collector {
	double (*of_range)(const struct range *range, const struct usage *usage);
	bool has_unranged; /* of_range: also a number of the addresses outside; range is then NULL
			    */
	double (*of_agent)(const struct metrics_input *input);
	void (*collect)(struct exposition *out, const struct metrics_input *input);
};

/* One family of /metrics. */
struct metric_row {
	struct metric metric;
	struct collector by;
};

double metric_namespaces(const struct metrics_input *input);
double metric_namespaces_without_address(const struct metrics_input *input);
double metric_reconcile_at(const struct metrics_input *input);
double metric_reconcile_took(const struct metrics_input *input);
double metric_reload_successful(const struct metrics_input *input);
double metric_reload_at(const struct metrics_input *input);
double metric_cpu(const struct metrics_input *input);
double metric_start(const struct metrics_input *input);
double metric_resident(const struct metrics_input *input);
double metric_virtual(const struct metrics_input *input);
double metric_open_fds(const struct metrics_input *input);
double metric_max_fds(const struct metrics_input *input);

void metric_lost(struct exposition *out, const struct metrics_input *input);
void metric_corrections(struct exposition *out, const struct metrics_input *input);
void metric_program_runs(struct exposition *out, const struct metrics_input *input);
void metric_program_seconds(struct exposition *out, const struct metrics_input *input);
void metric_entries(struct exposition *out, const struct metrics_input *input);
void metric_limits(struct exposition *out, const struct metrics_input *input);
void metric_reloads(struct exposition *out, const struct metrics_input *input);
void metric_degraded(struct exposition *out, const struct metrics_input *input);
void metric_backend(struct exposition *out, const struct metrics_input *input);
void metric_build(struct exposition *out, const struct metrics_input *input);
