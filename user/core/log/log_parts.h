/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log parts: a few words each on one aspect of a record, of which core/log/log_text.h makes
 * its lines. Pure.
 */
#pragma once

#include "core/log/log_words.h"
#include "core/record/record.h"

/* Nothing where the record has nothing of it. */
typedef void (*log_part)(struct log_words *words, const struct record *record);

void part_time(struct log_words *words, const struct record *record);
void part_type(struct log_words *words, const struct record *record);
void part_ip(struct log_words *words, const struct record *record);
void part_pod(struct log_words *words, const struct record *record); /* or what is known instead */
void part_pod_if_known(struct log_words *words, const struct record *record);
void part_netns(struct log_words *words, const struct record *record);
void part_range(struct log_words *words, const struct record *record);
void part_used(struct log_words *words, const struct record *record); /* "5/5 FULL" */
void part_latency(struct log_words *words, const struct record *record);
void part_reuse(struct log_words *words, const struct record *record);
void part_link(struct log_words *words, const struct record *record);
void part_from_netns(struct log_words *words, const struct record *record);
void part_from_name(struct log_words *words, const struct record *record);
void part_plugin(struct log_words *words, const struct record *record);
void part_ifname(struct log_words *words, const struct record *record);
void part_duration(struct log_words *words, const struct record *record);
void part_failures(struct log_words *words, const struct record *record);
void part_failures_before(struct log_words *words, const struct record *record);
void part_call(struct log_words *words, const struct record *record);
void part_code(struct log_words *words, const struct record *record);
void part_reason(struct log_words *words, const struct record *record);
void part_message(struct log_words *words, const struct record *record);
void part_said(struct log_words *words, const struct record *record); /* ": message" */
void part_age(struct log_words *words, const struct record *record); /* "for 2m" */
void part_after(struct log_words *words, const struct record *record); /* "after 2m" */
void part_books(struct log_words *words, const struct record *record);
void part_holders(struct log_words *words, const struct record *record);
void part_cidr(struct log_words *words, const struct record *record);
void part_usable(struct log_words *words, const struct record *record);
void part_source(struct log_words *words, const struct record *record);
void part_severity(struct log_words *words, const struct record *record);
void part_alert(struct log_words *words, const struct record *record);
void part_alert_range(struct log_words *words, const struct record *record);
void part_backend(struct log_words *words, const struct record *record);
void part_left_out(struct log_words *words, const struct record *record); /* in a storm */
void part_count(struct log_words *words, const struct record *record);
void part_gap(struct log_words *words, const struct record *record);
void part_lost(struct log_words *words, const struct record *record);
void part_corrected(struct log_words *words, const struct record *record);
void part_marks(struct log_words *words, const struct record *record); /* of any type */
