// SPDX-License-Identifier: Apache-2.0
/*
 * What the agent is made of, opened from the inside out:
 *
 *	watch -> pipeline -> chronicle (the event log)
 *	suppliers -> ranges of the pipeline
 *	alerting, serve -> measure(), what /metrics says
 *	reload -> settings of all these
 */
#include "agent.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "alerting.h"
#include "attribution.h"
#include "choose.h"
#include "chronicle.h"
#include "foresight.h"
#include "local.h"
#include "log.h"
#include "loop.h"
#include "pipeline.h"
#include "podip_version.h"
#include "pods.h"
#include "reload.h"
#include "requests.h"
#include "serve.h"
#include "shed.h"
#include "signals.h"
#include "source/base/proc.h"
#include "source/kernel/object.h"
#include "suppliers.h"
#include "watch.h"
#include "web_access.h"

struct agent {
	const struct agent_config *config;
	enum backend backend;
	const char *backend_limit;
	struct loop *loop;
	struct watch *watch;
	struct pods *pods;
	struct requests *requests;
	struct suppliers *suppliers;
	struct foresight *foresight;
	struct alerting *alerting;
	struct pipeline pipeline;
	struct chronicle *chronicle;
	struct local local;
	struct serve *serve;
	struct reload *reload;
	struct shed shed;
	struct web_access *web_access;
	struct signals signals;
	bool is_ready;
};

/* Records leave once a turn, in one write. */
static int on_end_of_turn(void *ctx)
{
	struct agent *agent = ctx;

	pipeline_end_turn(&agent->pipeline);
	chronicle_end_turn(agent->chronicle);
	return 0;
}

/* ---- ranges, and the namespaces that files name ---- */

static void on_ranges(struct range_table *ranges, void *ctx)
{
	struct agent *agent = ctx;

	pipeline_set_ranges(&agent->pipeline, ranges);
}

static void on_cni_ranges(void *ctx)
{
	struct agent *agent = ctx;

	suppliers_refresh(agent->suppliers);
}

static void on_sandbox(uint32_t netns, uint64_t time_ns, void *ctx)
{
	struct agent *agent = ctx;
	const struct event event = { .kind = EVENT_NETNS_OWN,
				     .source = EVENT_FROM_FILE,
				     .time_ns = time_ns,
				     .netns_inum = netns };

	pipeline_event(&event, agent->is_ready ? WATCH_LIVE : WATCH_INITIAL, &agent->pipeline);
}

/* ---- numbers ---- */

static void measure(struct metrics_input *out, void *ctx)
{
	const struct agent *agent = ctx;
	struct metrics_input input = { .state = agent->pipeline.state,
				       .account = agent->pipeline.account,
				       .backend = backend_name(watch_backend(agent->watch)),
				       .backend_limit = agent->backend_limit,
				       .version = PODIP_VERSION,
				       .revision = PODIP_REVISION };

	watch_measure(agent->watch, &input);
	collect_add_loss(&input, "table_full", agent->pipeline.refused);
	suppliers_measure(agent->suppliers, agent->pipeline.account, &input);
	pods_measure(agent->pods, &input);
	foresight_measure(agent->foresight, loop_wall_ns(), &input);
	alerting_measure(agent->alerting, &input);
	chronicle_measure(agent->chronicle, &input);
	input.reloads = reload_measure(agent->reload);
	web_access_measure(agent->web_access, &input);
	serve_measure(agent->serve, &input);
	shed_measure(&agent->shed, &input);
	collect_add_degradation(
		&input, &(struct metrics_degradation){ .what = "backend",
						       .why = agent->backend_limit,
						       .is_degraded = agent->backend_limit });
	proc_usage(&input.process);
	*out = input;
}

/* ---- life ---- */

static bool is_ready(void *ctx)
{
	const struct agent *agent = ctx;

	return agent->is_ready;
}

static int open_core(struct agent *agent)
{
	int err = pipeline_init(&agent->pipeline);

	return err ? err : requests_new(agent->loop, &agent->requests);
}

static int open_pods(struct agent *agent)
{
	const struct pods_config pods = { .proc_dir = agent->config->proc_dir,
					  .host_root = agent->config->host_root,
					  .cni_conf_dir = agent->config->cni_conf_dir,
					  .cni_cache_dir = agent->config->cni_cache_dir,
					  .cni_state_dir = agent->config->cni_state_dir,
					  .ipam_file = agent->config->ipam_file,
					  .leak_grace_ns = agent->config->leak_grace_ns,
					  .rules = agent->config->settings.reasons,
					  .state = agent->pipeline.state,
					  .account = agent->pipeline.account,
					  .journal = chronicle_journal(agent->chronicle),
					  .on_ranges = on_cni_ranges,
					  .on_sandbox = on_sandbox,
					  .ctx = agent };

	int err;

	agent->pipeline.journal = chronicle_journal(agent->chronicle);
	err = pods_open(&pods, agent->loop, &agent->pods);
	agent->pipeline.pods = agent->pods;
	return err;
}

static int open_foresight(struct agent *agent)
{
	const struct foresight_config foresight = { .account = agent->pipeline.account,
						    .paths = agent->config->logs.paths,
						    .path_count = agent->config->logs.count };

	int err = foresight_open(&foresight, &agent->foresight);

	agent->pipeline.foresight = agent->foresight;
	return err;
}

static int open_suppliers(struct agent *agent)
{
	const struct attribution *attribution = pods_attribution(agent->pods);
	const struct suppliers_config suppliers = {
		.supplier = { .settings = &agent->config->sources,
			      .wall_ns = loop_wall_ns,
			      .ranges = agent->config->settings.ranges,
			      .cni = attribution_cni(attribution),
			      .ipam = attribution_ipam(attribution) },
		.requests = agent->requests,
		.off = agent->config->sources_off,
		.off_count = agent->config->sources_off_count,
		.on_ranges = on_ranges,
		.ctx = agent,
	};
	int err = suppliers_open(&suppliers, agent->loop, &agent->suppliers);

	return err ? err : suppliers_start(agent->suppliers);
}

static int open_watch(struct agent *agent, const struct kernel *kernel)
{
	const struct watch_config watch = { .intake = { .kernel = kernel,
							.backend = agent->backend,
							.proc_dir = agent->config->proc_dir,
							.state = agent->pipeline.state,
							.on_event = pipeline_event,
							.on_call = pipeline_call,
							.on_lost = pipeline_lost,
							.ctx = &agent->pipeline },
					    .reconcile_ns = agent->config->reconcile_ns };
	int err = watch_open(&watch, agent->loop, &agent->watch);

	if (!err)
		err = pods_start(agent->pods, watch_object(agent->watch));
	agent->is_ready = !err;
	if (!err)
		foresight_start(agent->foresight, loop_wall_ns());
	return err;
}

static int open_alerting(struct agent *agent)
{
	const struct alerting_config alerting = { .rules = agent->config->settings.alert_rules,
						  .period_ns = agent->config->alerts_period_ns,
						  .receivers = agent->config->receivers,
						  .settings = &agent->config->sources,
						  .reconcile_ns = agent->config->reconcile_ns,
						  .requests = agent->requests,
						  .journal = chronicle_journal(agent->chronicle),
						  .measure = measure,
						  .ctx = agent };

	return alerting_open(&alerting, agent->loop, &agent->alerting);
}

/* ---- the configuration, again ---- */

static int apply_settings(void *ctx)
{
	struct agent *agent = ctx;
	struct agent_settings settings;
	int err = agent->config->read_again(&settings, agent->config->read_ctx);

	if (!err)
		err = suppliers_set_ranges(agent->suppliers, &settings.ranges);
	if (err)
		return err;
	pods_set_reasons(agent->pods, &settings.reasons);
	alerting_set_rules(agent->alerting, &settings.alert_rules);
	return 0;
}

static int open_reload(struct agent *agent)
{
	const struct reload_config reload = {
		.what = "configuration",
		.path = agent->config->config_path,
		.apply = apply_settings,
		.ctx = agent,
	};

	int err = reload_open(&reload, agent->loop, &agent->reload);

	return err ? err
		   : web_access_open(agent->config->web_config, agent->loop, &agent->web_access);
}

static int open_serve(struct agent *agent)
{
	const struct serve_source source = { measure, is_ready, agent };
	const struct serve_config serve = {
		.addresses = agent->config->listen,
		.address_count = agent->config->listen_count,
		.source = source,
		.page = { agent->config->node, agent->config->page_names,
			  chronicle_recent(agent->chronicle), measure, agent },
		.local = { agent->config->socket_path, local_routes, LOCAL_ROUTE_COUNT,
			   &agent->local },
		.gate = web_access_gate(agent->web_access),
	};

	agent->local = (struct local){ .node = agent->config->node,
				       .source = source,
				       .state = agent->pipeline.state,
				       .identities = pods_identities(agent->pods),
				       .account = agent->pipeline.account,
				       .audit = pods_audit(agent->pods),
				       .recent = chronicle_recent(agent->chronicle) };
	return serve_open(&serve, agent->loop, &agent->serve);
}

static void agent_close(struct agent *agent)
{
	serve_close(agent->serve);
	web_access_close(agent->web_access);
	reload_close(agent->reload);
	alerting_close(agent->alerting);
	suppliers_close(agent->suppliers);
	foresight_close(agent->foresight);
	requests_free(agent->requests);
	pods_close(agent->pods);
	watch_close(agent->watch);
	chronicle_close(agent->chronicle);
	pipeline_clear(&agent->pipeline);
	loop_free(agent->loop);
	signals_close(&agent->signals);
}

static void on_reload(void *ctx)
{
	struct agent *agent = ctx;

	chronicle_reopen(agent->chronicle);
	if (agent->config->read_again)
		reload_request(agent->reload);
	web_access_request(agent->web_access);
}

static int start(struct agent *agent, const struct kernel *kernel)
{
	const struct chronicle_config chronicle = {
		.node = agent->config->node,
		.proc_dir = agent->config->proc_dir,
		.backend = backend_name(agent->backend),
		.logs = agent->config->logs,
	};
	int err = loop_new(&agent->loop);

	if (!err)
		err = signals_open(agent->loop, &agent->signals);
	if (!err)
		err = open_core(agent);
	if (err)
		return log_err(err, "cannot set up the agent");
	err = chronicle_open(&chronicle, agent->loop, &agent->chronicle);
	if (!err)
		err = open_pods(agent);
	if (!err)
		err = open_foresight(agent);
	if (!err)
		err = open_suppliers(agent);
	if (!err)
		err = open_watch(agent, kernel);
	if (!err)
		err = open_alerting(agent);
	if (!err)
		err = open_reload(agent);
	if (!err)
		err = shed_now(&agent->shed, watch_object(agent->watch)->capture);
	if (err)
		return err;
	pods_check(agent->pods);
	err = open_serve(agent);
	if (err)
		return err;
	malloc_trim(0); /* what loading took is not needed again */
	loop_at_end_of_turn(agent->loop, on_end_of_turn, agent);
	on_end_of_turn(agent);
	log_info("running on kernel '%s' with backend '%s': '%u' addresses in use", kernel->release,
		 backend_name(agent->backend), account_in_use(agent->pipeline.account));
	return 0;
}

enum agent_status agent_run(const struct agent_config *config)
{
	cleanup_kernel struct kernel kernel = { 0 };
	struct agent agent = { .config = config,
			       .signals = { .fd = -1, .on_reload = on_reload, .ctx = &agent } };
	int err;

	if (kernel_probe(&kernel))
		return AGENT_FAILED;
	if (choose_backend(&kernel, config->backend, &agent.backend, &agent.backend_limit))
		return AGENT_CANNOT_RUN;
	shed_look(&(struct shed_config){ .kernel = &kernel,
					 .backend = agent.backend,
					 .proc_dir = config->proc_dir,
					 .listen = config->listen,
					 .listen_count = config->listen_count },
		  &agent.shed);

	err = start(&agent, &kernel);
	if (!err)
		err = loop_run(agent.loop);
	if (!err)
		err = watch_drain(agent.watch);
	if (!err)
		chronicle_tell_stopped(agent.chronicle);
	agent_close(&agent);
	return err ? AGENT_FAILED : AGENT_DONE;
}
