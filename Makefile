# SPDX-License-Identifier: Apache-2.0
#
# make help lists the targets. All output lands in $(O). Start with make demo or
# make check: both install what they need.

O       ?= build
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
CLANG   ?= clang
BPFTOOL ?= bpftool
# Cross-building: make ARCH=aarch64 CC=aarch64-linux-gnu-gcc SYSROOT=DIR O=build/arm64
ARCH    ?= $(shell uname -m)
SYSROOT ?=
VERSION  := 0.1.0
REVISION := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)

# user/ modules in dependency order, lowest first. A module may include only
# headers of modules to its left; source and sink never each other's: check-layers.
CORE   := core/addr core/histogram core/range core/text core/exposition core/json_scan core/record \
	  core/record_parse core/pod core/failure core/lease core/hash_words core/inventory core/state \
	  core/diff core/correction core/merge core/hints core/uses core/account core/backoff core/enis core/capacity \
	  core/supply core/identity core/holdings core/leaks core/calls core/incidents core/call_counts \
	  core/eni_table core/eni_usage core/duration core/alert_rules core/alert_window core/alert_text \
	  core/alert_judge core/alerts core/history core/trend core/season core/climb core/forecast \
	  core/outlook core/token_bucket core/coalesce core/journal core/recent core/node_json \
	  core/record_event core/unlogged \
	  core/collect core/collect_ranges core/collect_sources core/collect_calls core/collect_alerts \
	  core/metric_log_rows core/metric_web_rows core/metric_rows core/metrics core/reconcile core/alert_view \
	  core/status_judge core/status core/status_fields core/status_json \
	  core/span core/range_map core/range_marks core/html core/page_map core/page_events core/page \
	  core/plan core/plan_gke core/plan_eks core/plan_node_cidr core/cluster_view core/cluster_query \
	  core/when core/log_filter core/log_tail core/log_words core/log_parts core/log_text \
	  core/log_member core/log_name core/log_line core/byte_size core/record_glance \
	  core/tenancy core/tenancy_clock core/tenancy_start core/tenancy_store core/tenancy_failures \
	  core/tenancies core/tenancy_feed core/tenancy_lookup core/ustar core/secrets core/pseudonym \
	  core/tls_words core/web_settings core/bcrypt_hash core/basic_auth core/auth_cache core/nearby
NET    := net/percent net/curl net/multi net/head net/body net/web_text net/reply net/upload net/fetch
SOURCE := source/file source/json source/supplier source/poll source/last_good source/nsfs \
	  source/yamlfile source/yamlkeys source/web_tls_config source/web_config source/alert_config source/config source/dirwatch source/cni_conf \
	  source/cni_result source/cni_files source/cni source/complaints source/host_local_dir \
	  source/host_local source/ipam_json source/proc source/processes source/symbols source/tracefs \
	  source/attempt source/hooks source/kernel source/syscalls source/sandbox source/privilege source/object source/probe source/capture \
	  source/walker source/netns_socket source/netlink source/platform source/local_suppliers \
	  source/flannel source/calico source/token source/kube_api source/kube_event source/kube_watch \
	  source/kube_supplier source/kube_node source/cilium_eni source/cilium_node source/gce \
	  source/ipamd_parse source/ipamd source/imds_parse source/imds source/log_input source/log_lines \
	  source/log_plain source/log_members source/log_stream source/log_file source/log_set \
	  source/log_cursor source/log_follow source/log_reader source/recall source/agent_client \
	  source/child source/bpf_facts source/prometheus
SINK   := sink/log_buffer sink/log_end sink/log_output sink/log_rotation sink/log_compress \
	  sink/log_store sink/log_live sink/eventlog sink/local_socket sink/tcp_socket sink/tls sink/passwords sink/gate sink/visitor sink/pace sink/http \
	  sink/page_files sink/post sink/outbox sink/alert_json sink/alertmanager sink/node_event \
	  sink/node_events sink/archive
CLI    := cli/option_values cli/option_row cli/flags cli/command cli/commands cli/option_table cli/color \
	  cli/options cli/output cli/config_print cli/config_schema cli/config cli/node cli/plan_args \
	  cli/plan_print cli/plan_gke_args cli/plan_eks_args cli/plan cli/plan_gke cli/plan_eks \
	  cli/plan_node_cidr cli/run cli/snapshot cli/events_view cli/events cli/who_kernel \
	  cli/tenancy_report cli/tenancy_json cli/tenancy_print cli/tenancy_compact cli/who cli/leaks \
	  cli/status_cells cli/status_print cli/status cli/top_view cli/top_keys cli/top cli/cluster_print cli/cluster \
	  cli/replay_print cli/replay_command cli/report_system cli/report_parts cli/report cli/doctor \
	  cli/version cli/man cli/completion cli/docs
USER   := cleanup $(CORE) log $(NET) $(SOURCE) $(SINK) loop signals feed intake watch page_view serve \
	  chronicle attribution operations audit pods requests suppliers foresight told_ranges retold \
	  replay alerting pipeline reload web_access choose shed local agent $(CLI) main

# Those that are a header alone.
HEADERS := cleanup core/hash_words source/supplier cli/option_row cli/commands
MODULES := $(filter-out $(HEADERS),$(USER))
BPF     := $(sort $(basename $(basename $(notdir $(wildcard bpf/*.bpf.c)))))
UNIT    := $(basename $(notdir $(wildcard tests/unit/test_*.c)))
PURE    := $(basename $(notdir $(wildcard tests/unit/core/test_*.c)))

LIBS   := -lmicrohttpd -lgnutls -lcrypt -ljansson -lyaml -lmnl -lbpf -lelf -lz -lcap-ng -lncursesw -ltinfo -lm
WARN   := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	  -Wundef -Wformat=2 -Wvla
CFLAGS ?= -O2 -g
# Two builds are one, wherever they were made: no folder is told.
PREFIX_MAP = -ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(abspath $(O))=build \
	     $(addprefix -ffile-prefix-map=,$(addsuffix =,$(SYSROOT) $(realpath $(SYSROOT))))
ALL_CFLAGS = -std=gnu17 -D_GNU_SOURCE $(WARN) -fno-common -Iinclude -Iuser -I$(O) \
	     -DPODIP_VERSION='"$(VERSION)"' -DPODIP_REVISION='"$(REVISION)"' \
	     $(if $(SYSROOT),--sysroot=$(SYSROOT)) $(PREFIX_MAP) \
	     -MMD -MP $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer) $(CFLAGS)
# clang leaves -Wtype-limits out of -Wextra; BPF_PROG() never uses its ctx.
BPF_ARCH   := $(patsubst aarch64,arm64,$(patsubst x86_64,x86,$(ARCH)))
BPF_CFLAGS = -target bpf -mcpu=v3 -O2 -g -std=gnu17 -D__TARGET_ARCH_$(BPF_ARCH) -Wall -Wextra \
	     -Wtype-limits -Wno-unused-parameter -Werror -Iinclude -Ibpf $(PREFIX_MAP) \
	     $(if $(SYSROOT),-idirafter $(SYSROOT)/usr/include) \
	     -idirafter /usr/$(ARCH)-linux-gnu/include -idirafter /usr/include/$(ARCH)-linux-gnu -MMD -MP

# What `make install` puts where.
PREFIX  ?= /usr/local
DESTDIR ?=

# make V=1 shows the commands.
Q := $(if $(V),,@)
say = $(if $(V),,@printf "  %-8s %s\n" $(1) $(2))

all: $(O)/podip ## build the agent (default)

$(O)/podip: $(O)/user/main.o $(O)/libpodip.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $^ -o $@ $(LDFLAGS) $(LIBS)

# The list of modules is in this file: another one makes other libraries.
$(O)/libpodip.a: $(patsubst %,$(O)/user/%.o,$(filter-out main,$(MODULES))) Makefile
	@rm -f $@
	$(Q)$(AR) rcs $@ $(filter %.o,$^)

$(O)/libcore.a: $(patsubst %,$(O)/user/%.o,$(filter-out $(HEADERS),$(CORE))) Makefile
	@rm -f $@
	$(Q)$(AR) rcs $@ $(filter %.o,$^)

$(O)/user/%.o: user/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -c $< -o $@

# What tells its revision is made anew when there is another one: this file changes then.
$(shell mkdir -p $(O); echo '$(VERSION) $(REVISION)' | cmp -s - $(O)/revision || \
	echo '$(VERSION) $(REVISION)' >$(O)/revision)
$(addprefix $(O)/user/,agent.o chronicle.o cli/version.o): $(O)/revision

# uthash's HASH_ADD, inlined, is beyond gcc 12's analyzer: one of these keeps it busy for minutes, in the
# other it takes the entry just added for lost. The sanitizers watch them instead.
UNANALYZED = uses incidents
$(UNANALYZED:%=$(O)/user/core/%.o): override CFLAGS := $(filter-out -fanalyzer,$(CFLAGS))

# A part of the program, which no compiler tells make of.
$(O)/user/sink/page_files.o: user/sink/page.css user/sink/page.js

# Only the modules that own BPF programs know the skeleton.
$(addprefix $(O)/user/source/,object.o probe.o capture.o walker.o): $(O)/podip.skel.h

man: all ## write the man pages and the shells' completion
	@mkdir -p $(O)/man/man8 $(O)/completion
	$(Q)$(O)/podip man >$(O)/man/man8/podip.8
	$(Q)for c in $$($(O)/podip --help | awk '/^Commands/ { on = 1; next } on { print $$1 }'); do \
		$(O)/podip man $$c >$(O)/man/man8/podip-$$c.8; done
	$(Q)for s in bash zsh fish; do $(O)/podip completion $$s >$(O)/completion/$$s; done

install: man ## install binary, man pages and completion: DESTDIR, PREFIX
	install -D -m 0755 $(O)/podip $(DESTDIR)$(PREFIX)/bin/podip
	install -d $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 0644 $(O)/man/man8/*.8 $(DESTDIR)$(PREFIX)/share/man/man8
	install -D -m 0644 $(O)/completion/bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/podip
	install -D -m 0644 $(O)/completion/zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_podip
	install -D -m 0644 $(O)/completion/fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/podip.fish

$(O)/podip.skel.h: $(O)/podip.bpf.o
	$(Q)$(BPFTOOL) gen skeleton $< name podip_bpf > $@

$(O)/podip.bpf.o: $(BPF:%=$(O)/bpf/%.bpf.o)
	$(Q)$(BPFTOOL) gen object $@ $^

$(O)/bpf/%.bpf.o: bpf/%.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$<)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $< -o $@

# What several tests share: tests/*.c.
$(O)/libtest.a: $(patsubst tests/%.c,$(O)/tests/%.o,$(wildcard tests/*.c))
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(O)/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -Itests -c $< -o $@

# A core test links the pure core only, so that a core module cannot grow a
# dependency on the kernel or the network without its tests failing to link.
$(O)/unit/core/%: tests/unit/core/%.c $(O)/libtest.a $(O)/libcore.a
	@mkdir -p $(@D)
	$(call say,TEST,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -Itests $(filter %.c %.a,$^) -o $@ $(LDFLAGS) -lcmocka -ljansson -lm

$(O)/unit/%: tests/unit/%.c $(O)/libtest.a $(O)/libpodip.a
	@mkdir -p $(@D)
	$(call say,TEST,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -Itests $(filter %.c %.a,$^) -o $@ $(LDFLAGS) -lcmocka $(LIBS) -lm

test: $(PURE:%=$(O)/unit/core/%) $(UNIT:%=$(O)/unit/%) ## run the unit tests; no root needed
	@failed=0; for t in $^; do echo "== $$t"; $$t || failed=1; done; exit $$failed

# Workloads, and what tells whether the agent saw them: tests/lab.
LAB_PARTS := net link address lab story step
LAB       := churn flap populate scenario verify limit record answer fleet

lab: $(LAB:%=$(O)/lab/%) ## build the workloads of the native and qemu tests

$(O)/lab/%.o: tests/lab/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -Itests -c $< -o $@

$(filter-out %/limit %/record %/answer %/fleet,$(LAB:%=$(O)/lab/%)): $(O)/lab/%: $(O)/lab/%.o $(LAB_PARTS:%=$(O)/lab/%.o)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $^ -o $@ $(LDFLAGS) -lmnl -ljansson

san: ## run the unit tests under ASan and UBSan
	@$(MAKE) --no-print-directory O=$(O)/san SAN=address,undefined CFLAGS='-O1 -g' test

native: all lab ## run the tests that need root and this machine's kernel
	@O=$(O) tests/native/run

grafana: $(O)/lab/answer ## put the dashboards' queries to a real Prometheus
	@O=$(O) tests/grafana/run

$(O)/cri/pause: tests/cri/pause.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -static $< -o $@

cri: all $(O)/cri/pause $(O)/lab/answer ## run the tests with real containerd and CNI plugins; root
	@O=$(O) tests/cri/run

# One after the other: both make the agent.
container: all $(O)/cri/pause $(O)/lab/answer ## run the image as the DaemonSet does, with real containerd; root
	@$(MAKE) --no-print-directory image
	@O=$(O) tests/container/run

prom: all $(O)/lab/fleet ## run the tests with real Prometheus and Alertmanager; root
	@O=$(O) tests/prom/run

page: all ## look at the agent's page with a real browser; root
	@O=$(O) tests/page/run

qemu: all lab ## run the tests of other kernels in virtual machines
	@O=$(O) tests/qemu/matrix

bench: all lab $(BENCH:%=$(O)/bench/%) $(O)/bench/spawn ## measure against peers; root; some ten minutes
	@O=$(O) tests/bench/run

# FRESH=1: with Debian's newest libraries instead of this machine's.
image: ## make an OCI image in $(O)/image; ARCH=aarch64 cross-builds it
	@tests/setup image $(filter-out $(shell uname -m),$(ARCH))
	+@$(IMAGE) deploy/image/build $(ARCH)

image-all: ## make the image for amd64 and arm64, and one index of both
	@tests/setup image x86_64 aarch64
	+@$(IMAGE) deploy/image/build x86_64 aarch64

# The Dockerfile's.
image-tree: all
	@$(IMAGE) ARCH=$(ARCH) deploy/image/tree $(O)/podip / $(O)/image/tree

image-docker: ## make the image with docker instead
	+@$(IMAGE) deploy/image/docker

test-image: ## build images and look into them; root
	@O=$(O) tests/image/run

IMAGE = O=$(O) FRESH=$(FRESH) MAKE='$(MAKE)' VERSION='$(VERSION)' REVISION='$(REVISION)'

demo: ## install, build, and show the main job on this machine's kernel; root or sudo
	@tests/setup demo
	@$(MAKE) --no-print-directory all
	@O=$(O) $(SUDO) tests/demo/demo

# What make check runs, in this order; `make check STAGES="test native"` picks.
STAGES ?= check-layers check-format check-shell check-readme check-deploy check-manifests test san lint native cri prom grafana page test-image container qemu

check: ## install what tests need and run every test
	@tests/setup check
	@O=$(O) MAKE=$(MAKE) $(SUDO) tests/check $(STAGES)

SUDO := $(if $(filter 0,$(shell id -u)),,sudo --preserve-env=O,MAKE)

# One file at a time: clang-tidy 14 makes up va_list errors over several. Without -O2, whose string
# macros count as the code's own complexity.
lint: all ## clang-tidy and gcc -fanalyzer
	@printf '%s\n' $(wildcard user/*.c user/*/*.c) | xargs -P $(shell nproc) -I FILE \
		clang-tidy -quiet FILE -- $(filter-out -O2 -MMD -MP,$(ALL_CFLAGS)) 2>/dev/null
	@$(MAKE) --no-print-directory O=$(O)/analyze CC=gcc CFLAGS='-O1 -g -fanalyzer' all

check-shell: ## shellcheck
	@shellcheck -x tests/setup tests/check tests/readme/tables tests/demo/demo tests/deploy/run \
		deploy/prometheus/generate deploy/generate tests/manifests/run tests/manifests/pod.sh \
		tests/manifests/tools tests/grafana/run tests/image/run \
		$(filter-out %.jq %/Dockerfile %/Dockerfile.dockerignore,$(wildcard deploy/image/*)) tests/lab/prometheus.sh \
		$(filter-out %.c %.h %.proto %.py,$(wildcard tests/native/* tests/cri/* tests/container/* tests/prom/* tests/page/* tests/lab/cni/* tests/qemu/* tests/bench/*)) .ci/run

check-readme: $(O)/describe ## fail if README's tables or links are not the code's
	@O=$(O) tests/readme/tables check

check-deploy: ## fail if rules, their tests or runbooks do not fit together
	@tests/deploy/run

deploy-rules: ## make of deploy/prometheus/rules.yaml what repeats it
	@deploy/prometheus/generate write

check-manifests: all ## fail if helm, kubectl or Kubernetes would not take deploy/helm and deploy/kustomize
	@O=$(O) tests/manifests/run

deploy-manifests: all ## make of the chart, and of what it copies, what repeats them
	@O=$(O) tests/manifests/tools
	@O=$(O) HELM=$(O)/npm/helm deploy/generate write

readme: $(O)/describe ## make README's tables anew
	@O=$(O) tests/readme/tables write

$(O)/describe: tests/readme/describe.c $(O)/libpodip.a
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) $(filter %.c %.a,$^) -o $@ $(LDFLAGS) $(LIBS)

# The recorder of tests/streams: what watch tells of a scenario.
$(O)/lab/record: $(O)/lab/record.o $(O)/tests/stream.o $(O)/libpodip.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $^ -o $@ $(LDFLAGS) $(LIBS)

# Takes capabilities away: util-linux' setpriv is not in every guest.
$(O)/lab/limit: $(O)/lab/limit.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $^ -o $@ $(LDFLAGS) -lcap-ng

# The server of tests that ask somebody.
$(O)/lab/answer: $(O)/lab/answer.o $(O)/libtest.a $(O)/user/source/file.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $^ -o $@ $(LDFLAGS) -lmicrohttpd

# The agents of many nodes that do not exist.
$(O)/lab/fleet: $(O)/lab/fleet.o $(O)/lab/fleet_node.o $(O)/lab/fleet_labels.o $(O)/libcore.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $^ -o $@ $(LDFLAGS) -lmicrohttpd -ljansson -lm

BENCH := walk latency start log

$(O)/bench/%.o: tests/bench/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -Itests -Itests/lab -c $< -o $@

$(O)/bench/spawn: tests/bench/spawn.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) $< -o $@

$(BENCH:%=$(O)/bench/%): $(O)/bench/%: $(O)/bench/%.o $(O)/bench/peers.o $(O)/bench/promise.o \
		$(LAB_PARTS:%=$(O)/lab/%.o) $(O)/libpodip.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $^ -o $@ $(LDFLAGS) $(LIBS)

check-layers: ## fail if a module includes one above it
	@awk -v order="$(USER)" -f tests/layers.awk $(wildcard user/*.[ch] user/*/*.[ch])

check-format: ## fail if clang-format would change anything
	@clang-format --dry-run -Werror $(wildcard bpf/*.[ch] include/*.h user/*.[ch] user/*/*.[ch] \
		tests/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch])

format: ## let clang-format change it
	@clang-format -i $(wildcard bpf/*.[ch] include/*.h user/*.[ch] user/*/*.[ch] \
		tests/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch])

clean: ## remove $(O)
	rm -rf $(O)

help: ## show this text
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 20

-include $(shell find $(O) \( -path '*/qemu' -o -path '$(O)/image' \) -prune -o -type f -name '*.d' -print 2>/dev/null)

.PHONY: all man install image image-all image-tree image-docker test-image lab test san native grafana cri container prom page qemu bench demo check lint check-shell check-readme readme check-deploy deploy-rules check-manifests deploy-manifests \
	check-layers check-format format clean help
.DELETE_ON_ERROR:
.SECONDARY:
