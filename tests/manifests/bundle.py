#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# bundle.py MANIFEST BUNDLE PODIP: make of the DaemonSet in MANIFEST a bundle that runc runs: its
# environment, capabilities, mounts and namespaces as a kubelet and a container runtime would have
# them, and the seccomp profile of deploy/seccomp, or of the SeccompProfile in MANIFEST. Folders that would be made on the node are made in
# BUNDLE/node; /proc, /sys and /run/netns are this machine's.
import json
import os
import shutil
import sys

import yaml

REAL = ("/proc", "/sys/kernel/tracing", "/run/netns")
PROPAGATION = {"HostToContainer": "rslave", None: "rprivate"}


def mount(target, source, options, kind="bind"):
    return {"destination": target, "type": kind, "source": source, "options": options}


def own_mounts(root):
    """What every container has, and this machine's libraries in place of an image."""
    plain = ["nosuid", "noexec", "nodev"]
    mounts = [
        mount("/proc", "proc", plain, "proc"),
        mount("/dev", "tmpfs", ["nosuid", "mode=755"], "tmpfs"),
        mount("/sys", "sysfs", [*plain, "ro"], "sysfs"),
    ]
    for folder in ("usr", "lib", "lib64", "bin"):
        if os.path.islink(f"/{folder}"):
            os.symlink(os.readlink(f"/{folder}"), f"{root}/{folder}")
        elif os.path.isdir(f"/{folder}"):
            mounts.append(mount(f"/{folder}", f"/{folder}", ["rbind", "ro"]))
    return mounts


def files_of(volume, objects):
    """NAME and text of each file of a ConfigMap, or of the Secrets that are projected into one folder."""
    wanted = [("ConfigMap", volume["configMap"]["name"])] if "configMap" in volume else []
    wanted += [("Secret", source["secret"]["name"]) for source in volume.get("projected", {}).get("sources", [])]
    for kind, name in wanted:
        found = next(item for item in objects if (item["kind"], item["metadata"]["name"]) == (kind, name))
        yield from {**found.get("data", {}), **found.get("stringData", {})}.items()


def write_files(source, files, mode):
    """As a kubelet does: what changes is a link to a folder, so that all files change at once."""
    os.makedirs(f"{source}/..1")
    os.symlink("..1", f"{source}/..data")
    for name, text in files:
        with open(f"{source}/..1/{name}", "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(f"{source}/..1/{name}", mode)
        os.symlink(f"..data/{name}", f"{source}/{name}")


def source_of(volume, bundle, objects):
    path = volume.get("hostPath", {}).get("path")
    if path in REAL:
        return path
    source = f"{bundle}/node{path or '/' + volume['name']}"
    os.makedirs(source, exist_ok=True)
    files = list(files_of(volume, objects))
    if files:
        write_files(source, files, volume.get("projected", {}).get("defaultMode", 0o644))
    return source


def volume_mounts(pod, bundle, objects):
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    for wanted in pod["containers"][0]["volumeMounts"]:
        source = source_of(volumes[wanted["name"]], bundle, objects)
        access = "ro" if wanted.get("readOnly") else "rw"
        yield mount(wanted["mountPath"], source, ["rbind", access, PROPAGATION[wanted.get("mountPropagation")]])


def environment(container):
    yield "PATH=/usr/bin:/bin"
    for variable in container["env"]:
        yield f"{variable['name']}={variable.get('value', 'lab-node')}"


def profile_of(objects):
    profile = next((item["spec"] for item in objects if item["kind"] == "SeccompProfile"), None)
    if profile:
        return profile
    with open("deploy/seccomp/podip.json", encoding="utf-8") as file:
        return json.load(file)


def main(manifest, bundle, podip):
    with open(manifest, encoding="utf-8") as file:
        objects = [document for document in yaml.safe_load_all(file) if document]
    pod = next(item for item in objects if item["kind"] == "DaemonSet")["spec"]["template"]["spec"]
    container = pod["containers"][0]
    context = container["securityContext"]
    capabilities = [f"CAP_{name}" for name in context["capabilities"]["add"]]
    root = f"{bundle}/root"
    os.makedirs(root)
    shutil.copy(podip, f"{root}/podip")
    namespaces = [{"type": kind} for kind in ("mount", "ipc", "uts")]
    namespaces += [{"type": kind} for kind, is_nodes in
                   (("pid", pod["hostPID"]), ("network", pod["hostNetwork"])) if not is_nodes]
    spec = {
        "ociVersion": "1.0.2",
        "process": {
            "user": {"uid": pod["securityContext"]["runAsUser"], "gid": pod["securityContext"]["runAsGroup"]},
            "args": ["/podip", *container["args"]],
            "env": list(environment(container)),
            "cwd": "/",
            "noNewPrivileges": not context["allowPrivilegeEscalation"],
            "capabilities": {kind: capabilities for kind in ("bounding", "effective", "permitted")},
        },
        "root": {"path": "root", "readonly": context["readOnlyRootFilesystem"]},
        "mounts": own_mounts(root) + list(volume_mounts(pod, bundle, objects)),
        "linux": {"namespaces": namespaces, "seccomp": profile_of(objects),
                  "cgroupsPath": f"/{os.path.basename(bundle)}",
                  "maskedPaths": ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"],
                  "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]},
    }
    with open(f"{bundle}/config.json", "w", encoding="utf-8") as file:
        json.dump(spec, file, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
