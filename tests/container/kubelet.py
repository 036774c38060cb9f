#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
#
# kubelet.py MANIFEST OUT [OPTION]...: what a kubelet makes of MANIFEST's DaemonSet for a node: its
# volumes, and what it asks the runtime for, as text of CRI messages:
#
#	OUT/sandbox	the PodSandboxConfig
#	OUT/container	the ContainerConfig
#	OUT/writable	where the container may write by that, a path a line
#
#	--image REF --uid UID --node NAME --attempt N
#	--pods DIR	where the pod's volumes are: the node's /var/lib/kubelet/pods
#	--logs DIR	where what the containers say goes, as ATTEMPT.log
#	--map PATH=DIR	what the node has at PATH, and below, is in DIR here; repeatable
#	--patch FILE	a kustomize component, whose JSON patches of the DaemonSet are applied
#	--config FILE	podip.yaml instead of the one in MANIFEST
#	--api HOST:PORT	the API server; --ca FILE and --token FILE are what the service
#			account gets for it
#
# A field that it does not know is an error: what is not translated is not tested.
import argparse
import json
import os
import sys

import yaml

# What only a kubelet, the scheduler or the controller look at.
NOT_OF_THE_RUNTIME = {
    "pod": {"serviceAccountName", "priorityClassName", "tolerations", "nodeSelector", "affinity",
            "dnsPolicy", "enableServiceLinks", "terminationGracePeriodSeconds", "hostUsers",
            "imagePullSecrets"},
    "container": {"name", "image", "imagePullPolicy", "ports", "startupProbe", "readinessProbe",
                  "livenessProbe", "terminationMessagePolicy"},
}
# As k8s.io/kubernetes has them, pkg/securitycontext/util.go.
MASKED = ("/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
          "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi",
          "/sys/firmware")
READONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")
PROPAGATION = {None: "PROPAGATION_PRIVATE", "None": "PROPAGATION_PRIVATE",
               "HostToContainer": "PROPAGATION_HOST_TO_CONTAINER",
               "Bidirectional": "PROPAGATION_BIDIRECTIONAL"}
UNITS = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "k": 10**3, "M": 10**6, "G": 10**9}
CRITICAL_OOM_SCORE = -997


class Fields:
    """Takes what it is asked for; whoever asks says at the end what is left."""

    def __init__(self, what, fields, ignored=()):
        self.what, self.left = what, {key: fields[key] for key in fields if key not in ignored}

    def take(self, key, default=None):
        return self.left.pop(key, default)

    def end(self):
        if self.left:
            sys.exit(f"kubelet.py: cannot translate {sorted(self.left)} of {self.what}")


def text(value):
    """A message's fields as protobuf text; a list repeats its field."""
    lines = []
    for key, it in value.items():
        for one in it if isinstance(it, (list, tuple)) else [it]:
            if isinstance(one, dict):
                lines.append(f"{key} {{\n{text(one)}\n}}")
            elif isinstance(one, Enum):
                lines.append(f"{key}: {one}")
            elif one is not None:
                lines.append(f"{key}: {json.dumps(one)}")
    return "\n".join(lines)


class Enum(str):
    """A name that is no string."""


def quantity(value):
    value = str(value)
    for unit, factor in UNITS.items():
        if value.endswith(unit):
            return int(value[: -len(unit)]) * factor
    return int(value)


def milli_cpu(value):
    value = str(value)
    return int(value[:-1]) if value.endswith("m") else int(float(value) * 1000)


def resources_of(container, is_critical):
    resources = container.take("resources", {})
    limits, requests = resources.get("limits", {}), resources.get("requests", {})
    out = {"cpu_shares": max(milli_cpu(requests.get("cpu", 0)) * 1024 // 1000, 2)}
    if "cpu" in limits:
        out |= {"cpu_period": 100000, "cpu_quota": milli_cpu(limits["cpu"]) * 100}
    if "memory" in limits:
        out["memory_limit_in_bytes"] = quantity(limits["memory"])
    out["oom_score_adj"] = CRITICAL_OOM_SCORE if is_critical else 1000
    return out


def profile_of(profile, folder):
    """Of seccomp or AppArmor; a Localhost one is a file in the kubelet's folder, or a name."""
    out = {"profile_type": Enum(profile["type"])}
    if profile["type"] == "Localhost":
        out["localhost_ref"] = os.path.join(folder, profile["localhostProfile"])
    return out


def security_of(container, pod_security, namespaces):
    """What the pod says holds where the container says nothing."""
    it = Fields("securityContext", pod_security | container.take("securityContext", {}))
    capabilities = Fields("capabilities", it.take("capabilities", {}))
    out = {
        "capabilities": {"add_capabilities": capabilities.take("add", []),
                         "drop_capabilities": capabilities.take("drop", [])},
        "privileged": it.take("privileged", False),
        "namespace_options": namespaces,
        "run_as_user": {"value": it.take("runAsUser", 0)},
        "run_as_group": {"value": it.take("runAsGroup", 0)},
        "readonly_rootfs": it.take("readOnlyRootFilesystem", False),
        "no_new_privs": not it.take("allowPrivilegeEscalation", True),
        "masked_paths": MASKED,
        "readonly_paths": READONLY,
        "seccomp": profile_of(it.take("seccompProfile", {"type": "Unconfined"}),
                              "/var/lib/kubelet/seccomp"),
        "apparmor": profile_of(it.take("appArmorProfile", {"type": "RuntimeDefault"}), ""),
    }
    capabilities.end()
    it.end()
    return out


def write(path, content, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)
    os.chmod(path, mode)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Node:
    def __init__(self, options, maps):
        self.options, self.maps = options, maps
        self.folder = f"{options.pods}/{options.uid}"

    def here(self, path):
        """Where PATH of the node is here: by the longest of the maps that has it."""
        if path.startswith("/var/run/"):
            path = path[len("/var"):]
        for prefix in sorted(self.maps, key=len, reverse=True):
            if path == prefix or path.startswith(prefix + "/"):
                return self.maps[prefix] + path[len(prefix):]
        return sys.exit(f"kubelet.py: no --map for '{path}' of the node")

    def host_path(self, source):
        path, kind = self.here(source["path"]), source.get("type", "")
        if kind == "DirectoryOrCreate":
            os.makedirs(path, mode=0o755, exist_ok=True)
        elif kind == "Directory" and not os.path.isdir(path):
            sys.exit(f"kubelet.py: hostPath type check failed: '{path}' is not a directory")
        elif kind not in ("", "Directory"):
            sys.exit(f"kubelet.py: cannot translate hostPath type '{kind}'")
        return path

    def files(self, kind, name, content):
        """A volume of files: names are links into a folder that is replaced as a whole."""
        folder = f"{self.folder}/volumes/kubernetes.io~{kind}/{name}"
        os.makedirs(folder, exist_ok=True)
        for key, value in content.items():
            write(f"{folder}/..data/{key}", value)
            if not os.path.lexists(f"{folder}/{key}"):
                os.symlink(f"..data/{key}", f"{folder}/{key}")
        return folder

    def source_of(self, volume, config_maps):
        it = Fields(f"volume {volume['name']}", volume)
        name = it.take("name")
        (kind, source), = it.left.items()
        if kind == "hostPath":
            return self.host_path(source)
        if kind == "emptyDir":
            folder = f"{self.folder}/volumes/kubernetes.io~empty-dir/{name}"
            os.makedirs(folder, exist_ok=True)
            os.chmod(folder, 0o777)
            return folder
        if kind == "configMap":
            return self.files("configmap", name, config_maps[source["name"]])
        return sys.exit(f"kubelet.py: cannot translate volume '{name}' of type '{kind}'")

    def own_mounts(self, has_token):
        """What every container of a kubelet has."""
        write(f"{self.folder}/etc-hosts", "127.0.0.1\tlocalhost\n")
        log = f"{self.folder}/containers/podip/{self.options.attempt}"
        write(log, "", 0o666)
        yield mount("/etc/hosts", f"{self.folder}/etc-hosts", {})
        yield mount("/dev/termination-log", log, {})
        if has_token:
            token = self.files("projected", "kube-api-access", {
                "token": read(self.options.token), "ca.crt": read(self.options.ca),
                "namespace": "podip"})
            yield mount("/var/run/secrets/kubernetes.io/serviceaccount", token, {"readOnly": True})


def mount(target, source, wanted):
    return {"container_path": target, "host_path": source,
            "readonly": wanted.get("readOnly", False),
            "propagation": Enum(PROPAGATION[wanted.get("mountPropagation")])}


def volume_mounts(pod, container, node, config_maps):
    volumes = {volume["name"]: volume for volume in pod.take("volumes", [])}
    for wanted in container.take("volumeMounts", []):
        it = Fields(f"volumeMount {wanted['name']}", wanted,
                    {"name", "mountPath", "readOnly", "mountPropagation"})
        it.end()
        yield mount(wanted["mountPath"], node.source_of(volumes[wanted["name"]], config_maps),
                    wanted)


def environment(container, options):
    fields = {"spec.nodeName": options.node, "metadata.name": f"podip-{options.node}",
              "metadata.namespace": "podip", "metadata.uid": options.uid}
    host, port = options.api.split(":")
    yield {"key": "KUBERNETES_SERVICE_HOST", "value": host}
    yield {"key": "KUBERNETES_SERVICE_PORT", "value": port}
    for variable in container.take("env", []):
        value = variable.get("value", "")
        if "valueFrom" in variable:
            value = fields[variable["valueFrom"]["fieldRef"]["fieldPath"]]
        yield {"key": variable["name"], "value": value}


def namespaces_of(pod):
    def mode(key, own):
        return Enum("NODE" if pod.take(key, False) else own)

    return {"network": mode("hostNetwork", "POD"), "pid": mode("hostPID", "CONTAINER"),
            "ipc": mode("hostIPC", "POD")}


def load(options):
    """The DaemonSet, patched, and the data of ConfigMaps."""
    objects = [it for it in yaml.safe_load_all(read(options.manifest)) if it]
    daemon_set, = (it for it in objects if it["kind"] == "DaemonSet")
    config_maps = {it["metadata"]["name"]: it["data"] for it in objects
                   if it["kind"] == "ConfigMap"}
    for path in options.patch:
        apply_component(path, daemon_set)
    if options.config:
        config_maps["podip"] = {"podip.yaml": read(options.config)}
    return daemon_set, config_maps


def apply_component(path, daemon_set):
    for patch in yaml.safe_load(read(path))["patches"]:
        for it in yaml.safe_load(patch["patch"]):
            *way, last = it["path"].strip("/").split("/")
            target = daemon_set
            for key in way:
                target = target[key]
            if it["op"] != "replace" or last not in target:
                sys.exit(f"kubelet.py: cannot apply {it} of '{path}'")
            target[last] = it["value"]


def options_of(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("manifest")
    parser.add_argument("out")
    for name in ("image", "uid", "node", "pods", "logs", "api", "ca", "token"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--attempt", type=int, default=0)
    parser.add_argument("--config")
    parser.add_argument("--map", action="append", default=[])
    parser.add_argument("--patch", action="append", default=[])
    return parser.parse_args(arguments)


def sandbox_of(daemon_set, options, namespaces):
    name = f"podip-{options.node}"
    return {
        "metadata": {"namespace": daemon_set["metadata"]["namespace"], "name": name,
                     "uid": options.uid, "attempt": 0},
        "hostname": None if namespaces["network"] == "NODE" else name,
        "log_directory": options.logs,
        "linux": {
            "cgroup_parent": f"/pct/kubepods/burstable/pod{options.uid}",
            "security_context": {"namespace_options": namespaces,
                                 "seccomp": {"profile_type": Enum("RuntimeDefault")}},
        },
    }


def main():
    options = options_of(sys.argv[1:])
    node = Node(options, dict(it.split("=", 1) for it in options.map))
    daemon_set, config_maps = load(options)
    spec = daemon_set["spec"]["template"]["spec"]
    is_critical = spec.get("priorityClassName", "").startswith("system-")
    pod = Fields("the pod's spec", spec, NOT_OF_THE_RUNTIME["pod"])
    only, = pod.take("containers")
    container = Fields("the container", only, NOT_OF_THE_RUNTIME["container"])
    security, namespaces = pod.take("securityContext", {}), namespaces_of(pod)
    mounts = [*node.own_mounts(pod.take("automountServiceAccountToken", True)),
              *volume_mounts(pod, container, node, config_maps)]
    config = {
        "metadata": {"name": only["name"], "attempt": options.attempt},
        "image": {"image": options.image},
        "command": container.take("command", []),
        "args": container.take("args", []),
        "envs": list(environment(container, options)),
        "mounts": mounts,
        "log_path": f"{options.attempt}.log",
        "linux": {"resources": resources_of(container, is_critical),
                  "security_context": security_of(container, security, namespaces)},
    }
    container.end()
    pod.end()
    writable = [it["container_path"] for it in mounts if not it["readonly"]]
    write(f"{options.out}/sandbox", text(sandbox_of(daemon_set, options, namespaces)) + "\n")
    write(f"{options.out}/container", text(config) + "\n")
    write(f"{options.out}/writable", "".join(f"{path}\n" for path in writable))


main()
