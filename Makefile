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

# user/ modules in dependency order, lowest first, a line for each folder. A module may include
# only headers of modules before it; source and sink never each other's: check-layers.
in = $(addprefix $(1)/,$(2))

CORE   := $(call in,core/base,addr histogram range text json_scan hash_words duration when byte_size \
		backoff token_bucket recent) \
	  $(call in,core/state,inventory state diff correction merge hints uses reconcile) \
	  $(call in,core/pod,pod failure identity calls incidents call_counts) \
	  $(call in,core/books,lease holdings leaks) \
	  $(call in,core/capacity,account span enis capacity supply eni_table eni_usage) \
	  $(call in,core/forecast,history trend season climb forecast outlook) \
	  $(call in,core/alert,alert_rules alert_window alert_text alert_judge alerts) \
	  $(call in,core/metrics,exposition collect collect_ranges collect_sources collect_calls \
		collect_alerts metric_log_rows metric_web_rows metric_rows metrics alert_view) \
	  $(call in,core/status,node_json status_judge status status_fields status_json) \
	  $(call in,core/record,record record_parse record_event record_glance coalesce journal unlogged) \
	  $(call in,core/page,range_map range_marks html page_map page_events page) \
	  $(call in,core/plan,plan plan_gke plan_gke_changes plan_eks plan_node_cidr cluster_view cluster_query) \
	  $(call in,core/log,log_filter log_tail log_words log_parts log_text log_member log_name log_line) \
	  $(call in,core/tenancy,tenancy tenancy_clock tenancy_start tenancy_store tenancy_failures \
		tenancies tenancy_feed tenancy_lookup) \
	  $(call in,core/report,ustar secrets pseudonym) \
	  $(call in,core/web,tls_words web_settings bcrypt_hash basic_auth auth_cache peer nearby places \
		allowance)
NET    := $(call in,net,percent curl multi head body web_text reply upload fetch)
SOURCE := $(call in,source/base,file json nsfs dirwatch complaints proc processes token child) \
	  $(call in,source/config,yamlfile yamlkeys web_tls_config web_config alert_config config) \
	  $(call in,source/cni,cni_conf cni_result cni_files cni host_local_dir host_local ipam_json) \
	  $(call in,source/kernel,symbols tracefs filtered attempt hooks kernel syscalls sandbox privilege object \
		probe capture walker netns_socket netlink bpf_facts) \
	  $(call in,source/supplier,supplier poll last_good platform local_suppliers flannel calico) \
	  $(call in,source/kube,kube_api kube_event kube_watch kube_supplier kube_node cilium_eni cilium_node) \
	  $(call in,source/cloud,gce ipamd_parse ipamd imds_parse imds) \
	  $(call in,source/log,log_input log_lines log_plain log_members log_stream log_file log_set \
		log_cursor log_follow log_reader recall) \
	  $(call in,source/peer,agent_client prometheus)
SINK   := $(call in,sink/log,log_buffer log_end log_output log_rotation log_compress log_store log_live \
		eventlog) \
	  $(call in,sink/web,local_socket tcp_socket tls bcrypt passwords gate visitor usher pace answer \
		http page_files) \
	  $(call in,sink/push,post outbox alert_json alertmanager node_event node_events) \
	  sink/archive
CLI    := $(call in,cli/option,option_values option_row flags command commands option_table options) \
	  $(call in,cli/base,color output node) \
	  $(call in,cli/plan,plan_args plan_print plan_gke_args plan_eks_args plan plan_gke plan_eks \
		plan_node_cidr cluster_print cluster) \
	  $(call in,cli/log,events_view events replay_print replay_command report_system report_parts report) \
	  $(call in,cli/tenancy,who_kernel tenancy_report tenancy_json tenancy_print tenancy_compact who) \
	  $(call in,cli/status,status_cells status_print status top_view top_keys top) \
	  $(call in,cli,config_print config_schema config run snapshot leaks doctor version man \
		completion docs)
USER   := cleanup $(CORE) log $(NET) $(SOURCE) $(SINK) loop signals feed intake watch page_view serve \
	  chronicle attribution operations audit pods requests suppliers foresight told_ranges retold \
	  replay alerting pipeline reload web_access choose shed local agent $(CLI) main

# Those that are a header alone.
HEADERS := cleanup core/base/hash_words source/supplier/supplier cli/option/option_row cli/option/commands
MODULES := $(filter-out $(HEADERS),$(USER))
BPF     := $(sort $(basename $(basename $(notdir $(wildcard bpf/*.bpf.c)))))
SOURCES := $(sort $(shell find user -name '*.[ch]'))
# Tests lie as the modules do.
TESTS   := $(patsubst tests/%.c,%,$(sort $(shell find tests/unit -name 'test_*.c')))
PURE    := $(filter unit/core/%,$(TESTS))
UNIT    := $(filter-out $(PURE),$(TESTS))

LIBS   := -lmicrohttpd -lgnutls -lcrypt -ljansson -lyaml -lmnl -lbpf -lelf -lz -lcap-ng -lncursesw -ltinfo -lm
WARN   := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	  -Wundef -Wformat=2 -Wvla
CFLAGS ?= -O2 -g
# Two builds are one, wherever they were made: no folder is told.
PREFIX_MAP = -ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(abspath $(O))=build \
	     $(addprefix -ffile-prefix-map=,$(addsuffix =,$(SYSROOT) $(realpath $(SYSROOT))))
ALL_CFLAGS = -std=gnu17 -D_GNU_SOURCE $(WARN) -fno-common -Iinclude -Iuser -I$(O) \
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

# What tells its version or revision includes this, and is made anew when there is another one.
write_version = printf '\043define PODIP_%s "%s"\n' VERSION '$(VERSION)' REVISION '$(REVISION)'
$(shell mkdir -p $(O); $(write_version) | cmp -s - $(O)/podip_version.h || \
	$(write_version) >$(O)/podip_version.h)

# uthash's HASH_ADD, inlined, is beyond gcc 12's analyzer: one of these keeps it busy for minutes, in the
# other it takes the entry just added for lost. The sanitizers watch them instead.
UNANALYZED = state/uses pod/incidents
$(UNANALYZED:%=$(O)/user/core/%.o): override CFLAGS := $(filter-out -fanalyzer,$(CFLAGS))

# A part of the program, which no compiler tells make of.
$(O)/user/sink/web/page_files.o: user/sink/web/page.css user/sink/web/page.js

# Only the modules that own BPF programs know the skeleton.
$(addprefix $(O)/user/source/kernel/,object.o probe.o capture.o walker.o): $(O)/podip.skel.h

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
	$(Q)$(CC) $(ALL_CFLAGS) -Itests -Itests/unit -Itests/unit/core $(filter %.c %.a,$^) -o $@ $(LDFLAGS) -lcmocka -ljansson -lm

$(O)/unit/%: tests/unit/%.c $(O)/libtest.a $(O)/libpodip.a
	@mkdir -p $(@D)
	$(call say,TEST,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -Itests -Itests/unit -Itests/unit/core $(filter %.c %.a,$^) -o $@ $(LDFLAGS) -lcmocka $(LIBS) -lm

test: $(PURE:%=$(O)/%) $(UNIT:%=$(O)/%) ## run the unit tests; no root needed
	@failed=0; for t in $^; do echo "== $$t"; $$t || failed=1; done; exit $$failed

# Workloads, and what tells whether the agent saw them: tests/lab.
LAB_PARTS := net link address lab story step
LAB       := churn flap populate scenario verify limit refuse record answer fleet

lab: $(LAB:%=$(O)/lab/%) ## build the workloads of the native and qemu tests

$(O)/lab/%.o: tests/lab/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -Itests -c $< -o $@

$(filter-out %/limit %/refuse %/record %/answer %/fleet,$(LAB:%=$(O)/lab/%)): $(O)/lab/%: $(O)/lab/%.o $(LAB_PARTS:%=$(O)/lab/%.o)
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

# What make check runs, in lanes beside each other: one needs this machine's kernel, waits most of the
# time and goes first where it does not; one computes, one reads files. `make check STAGES="test native"`
# picks.
STAGES ?= native cri page prom grafana container test-image / \
	  test san qemu / \
	  check-layers check-format check-shell check-manual check-deploy check-manifests lint

check: ## install what tests need and run every test
	@tests/setup check
	@$(MAKE) --no-print-directory -j $(shell nproc) check-parts
	@O=$(O) MAKE=$(MAKE) $(SUDO) tests/check $(STAGES)

# What several lanes need: they may not make it at the same time.
check-parts: all lab $(O)/cri/pause $(O)/describe

SUDO := $(if $(filter 0,$(shell id -u)),,sudo --preserve-env=O,MAKE)

# One file at a time: clang-tidy 14 makes up va_list errors over several. Without -O2, whose string
# macros count as the code's own complexity.
lint: all ## clang-tidy and gcc -fanalyzer
	@printf '%s\n' $(filter %.c,$(SOURCES)) | xargs -P $(shell nproc) -I FILE \
		clang-tidy -quiet FILE -- $(filter-out -O2 -MMD -MP,$(ALL_CFLAGS)) 2>/dev/null
	@$(MAKE) --no-print-directory O=$(O)/analyze CC=gcc CFLAGS='-O1 -g -fanalyzer' all

check-shell: ## shellcheck
	@shellcheck -x tests/setup tests/check tests/manual/tables tests/demo/demo tests/deploy/run \
		deploy/prometheus/generate deploy/generate tests/manifests/run tests/manifests/pod.sh \
		tests/manifests/tools tests/grafana/run tests/image/run \
		$(filter-out %.jq %/Dockerfile %/Dockerfile.dockerignore,$(wildcard deploy/image/*)) tests/lab/prometheus.sh \
		$(filter-out %.c %.h %.proto %.py,$(wildcard tests/native/* tests/cri/* tests/container/* tests/prom/* tests/page/* tests/lab/cni/* tests/qemu/* tests/bench/*)) .ci/run

check-manual: $(O)/describe ## fail if tables of deploy/manual are not the code's, or links lead nowhere
	@O=$(O) tests/manual/tables check

check-deploy: ## fail if rules, their tests or runbooks do not fit together
	@tests/deploy/run

deploy-rules: ## make of deploy/prometheus/rules.yaml what repeats it
	@deploy/prometheus/generate write

check-manifests: all ## fail if helm, kubectl or Kubernetes would not take deploy/helm and deploy/kustomize
	@O=$(O) tests/manifests/run

deploy-manifests: all ## make of the chart, and of what it copies, what repeats them
	@O=$(O) tests/manifests/tools
	@O=$(O) HELM=$(O)/npm/helm deploy/generate write

manual: $(O)/describe ## make the tables of deploy/manual anew
	@O=$(O) tests/manual/tables write

$(O)/describe: tests/manual/describe.c $(O)/libpodip.a
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

# Takes a system call away, as a container's profile does.
$(O)/lab/refuse: $(O)/lab/refuse.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $^ -o $@ $(LDFLAGS)

# The server of tests that ask somebody.
$(O)/lab/answer: $(O)/lab/answer.o $(O)/libtest.a $(O)/user/source/base/file.o
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
	@awk -v order="$(USER)" -f tests/layers.awk $(SOURCES)

FORMATTED = $(wildcard bpf/*.[ch] include/*.h) $(SOURCES) $(shell find tests -name '*.[ch]')

check-format: ## fail if clang-format would change anything
	@clang-format --dry-run -Werror $(FORMATTED)

format: ## let clang-format change it
	@clang-format -i $(FORMATTED)

clean: ## remove $(O)
	rm -rf $(O)

help: ## show this text
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 20

-include $(shell find $(O) \( -path '*/qemu' $(foreach d,image san analyze check,-o -path '$(O)/$(d)') \) -prune -o -type f -name '*.d' -print 2>/dev/null)

.PHONY: all man install image image-all image-tree image-docker test-image lab test san native grafana cri container prom page qemu bench demo check check-parts lint check-shell check-manual manual check-deploy deploy-rules check-manifests deploy-manifests \
	check-layers check-format format clean help
.DELETE_ON_ERROR:
.SECONDARY:
