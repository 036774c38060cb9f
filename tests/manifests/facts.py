#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# What tests/manifests/run asks of YAML, JSON and schemas.
#
#	facts.py json FILE			its documents, one JSON a line
#	facts.py same FILE FILE			are they the same objects, but for order and what only helm says?
#	facts.py leaves VALUES			paths of all values
#	facts.py refuses VALUES SCHEMA		is a key more, or a wrong type, refused everywhere?
#	facts.py rules FILE			groups of the PrometheusRule in FILE, for promtool
#	facts.py dashboards FILE FOLDER		are its ConfigMaps the folder's dashboards?
#	facts.py capabilities FILE SOURCE...	is each added capability explained by a check in SOURCE?
import copy
import json
import os
import re
import sys

import jsonschema
import yaml


def documents(path):
    with open(path, encoding="utf-8") as file:
        return [document for document in yaml.safe_load_all(file) if document]


def key_of(item):
    return item.get("name") or item.get("mountPath") or json.dumps(item, sort_keys=True)


def plain(value):
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return sorted((plain(item) for item in value), key=key_of)
    return value


def objects(path):
    found = {}
    for document in documents(path):
        if document["kind"] == "Namespace":
            continue
        for labels in (document["metadata"], document.get("spec", {}).get("template", {}).get("metadata", {})):
            labels.get("labels", {}).pop("app.kubernetes.io/managed-by", None)
        found[document["kind"], document["metadata"]["name"]] = plain(document)
    return found


def same(one, other):
    one, other = objects(one), objects(other)
    status = 0 if one else 1
    for key in sorted(one.keys() | other.keys()):
        if one.get(key) != other.get(key):
            print(f"{key} differs:\n  {json.dumps(one.get(key))}\n  {json.dumps(other.get(key))}")
            status = 1
    return status


# An empty object, or one that users fill with keys of their own, is a leaf.
FREE = ("nodeSelector", "dashboards.labels")


def leaves(value, path=""):
    if isinstance(value, dict) and value and path not in FREE:
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    else:
        yield path


# What would be said twice, or against what the chart says.
CHARTS_OWN = (
    *((f"{monitor}.endpoint", {key: value}) for monitor in ("podMonitor", "serviceMonitor") for key, value in
      (("port", "http"), ("path", "/"), ("interval", "1s"), ("targetPort", 1), ("nonsense", 1))),
    ("podMonitor.endpoint", {"bearerTokenFile": "/token"}),
    *((f"{of}abels", {"app.kubernetes.io/name": "x"}) for of in
      ("podL", "podMonitor.l", "serviceMonitor.l", "prometheusRule.l", "dashboards.l")),
    ("podLabels", {"app.kubernetes.io/instance": "x"}),
    ("podAnnotations", {"container.apparmor.security.beta.kubernetes.io/podip": "unconfined"}),
    ("podAnnotations", {"kubectl.kubernetes.io/default-container": "other"}),
    ("extraEnv", [{"name": "PODIP_CONFIG", "value": "/x"}]),
    ("extraVolumes", [{"name": "proc", "emptyDir": {}}]),
    ("extraVolumeMounts", [{"name": "x", "mountPath": "relative"}]),
    ("updateStrategy.rollingUpdate", {"maxSurge": 1}),
    ("updateStrategy.rollingUpdate.maxUnavailable", "some"),
    ("fullnameOverride", "a.b"),
    ("fullnameOverride", "a" * 64),
    ("prometheusRule.runbookUrl", "deploy/runbooks"),
    ("networkPolicy.apiPorts", [0]),
)


def put(values, path, value):
    *parents, last = path.split(".")
    for key in parents:
        values = values[key]
    values[last] = value


def refuses(values, schema):
    validator = jsonschema.Draft202012Validator(schema)
    status = 0

    def must_refuse(path, value):
        nonlocal status
        wrong = copy.deepcopy(values)
        put(wrong, path, value)
        if validator.is_valid(wrong):
            print(f"'{path}' may be {json.dumps(value)}")
            status = 1

    jsonschema.Draft202012Validator.check_schema(schema)
    for error in validator.iter_errors(values):
        print(f"values.yaml: {error.message}")
        status = 1
    paths = list(leaves(values))
    for path in paths:
        must_refuse(path, 1.5)
        must_refuse(path, [["nonsense"]])
    parents = {""} | {path.rsplit(".", 1)[0] for path in paths if "." in path}
    for parent in parents:
        must_refuse(f"{parent}.nonsense" if parent else "nonsense", "x")
    must_refuse("config", {"nonsense": 1})
    must_refuse("config", {"ranges": [{"name": "a", "cidr": 3}]})
    for path in ("podLabels", "podAnnotations", "serviceAccount.annotations", "nodeSelector"):
        must_refuse(path, {"a": 1})
    for path, value in CHARTS_OWN:
        must_refuse(path, value)
    return status if len(paths) > 50 else 1


def rules(path):
    specs = [document["spec"] for document in documents(path) if document["kind"] == "PrometheusRule"]
    yaml.safe_dump(specs[0], sys.stdout)
    return len(specs) != 1


def dashboards(path, folder):
    wanted = {f"podip-{name}": json.load(open(f"{folder}/{name}", encoding="utf-8"))
              for name in os.listdir(folder) if name.endswith(".json")}
    found = {}
    for document in documents(path):
        if document["kind"] == "ConfigMap" and document["metadata"].get("labels", {}).get("grafana_dashboard"):
            found |= {name: json.loads(text) for name, text in document["data"].items()}
    if not wanted or wanted != found:
        print(f"dashboards {sorted(wanted)}, ConfigMaps {sorted(found)}")
        return 1
    return 0


# "check, file" as comments name it: "may() in fsopen(), fs/fsopen.c".
CHECK = re.compile(r"([a-z_]+\(\)) (?:in|of SO_RCVBUFFORCE in) (.*?), ([a-z0-9_/]+\.[ch])")


def comments_of(path):
    comment, rows = [], {}
    inside = False
    for line in open(path, encoding="utf-8"):
        text = line.strip()
        inside = inside and (text.startswith("#") or text.startswith("- "))
        if inside and text.startswith("# "):
            comment.append(text[2:])
        elif inside:
            rows[text[2:]] = " ".join(comment)
            comment = []
        elif text == "add:":
            inside, comment = True, []
    return rows


def capabilities(path, sources):
    status = 0
    rows = comments_of(path)
    known = " ".join(open(source, encoding="utf-8").read() for source in sources)
    known = re.sub(r'"\s*"', "", known)
    for capability, comment in rows.items():
        match = CHECK.search(comment)
        if not match:
            print(f"{capability}: no check of the kernel is named in '{comment}'")
            status = 1
        elif sources and not all(part in known for part in (f"CAP_{capability}", match[1], match[3])):
            print(f"{capability}: no such use: {match[0]}")
            status = 1
    if len(rows) < 3:
        print(f"found {sorted(rows)}")
        status = 1
    return status


def main(verb, *args):
    if verb == "json":
        for document in documents(args[0]):
            print(json.dumps(document))
        return 0
    if verb == "leaves":
        print("\n".join(leaves(documents(args[0])[0])))
        return 0
    if verb == "refuses":
        return refuses(documents(args[0])[0], json.load(open(args[1], encoding="utf-8")))
    if verb == "capabilities":
        return capabilities(args[0], args[1:])
    return {"same": same, "rules": rules, "dashboards": dashboards}[verb](*args)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
