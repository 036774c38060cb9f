// SPDX-License-Identifier: Apache-2.0
//
// strict FILE...: is each object of these YAML files one that Kubernetes takes whole? Types and
// required fields are what kubernetes-models says; unknown fields are those that its validators
// never look at. Prints what is wrong; fails when anything is, or when there is no object.
import fs from "node:fs";
import yaml from "js-yaml";

const GROUPS = {
	v1: "kubernetes-models/v1",
	"apps/v1": "kubernetes-models/apps/v1",
	"networking.k8s.io/v1": "kubernetes-models/networking.k8s.io/v1",
	"rbac.authorization.k8s.io/v1": "kubernetes-models/rbac.authorization.k8s.io/v1",
	"monitoring.coreos.com/v1": "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1",
};

// The security profiles operator has no models: the fields of its SeccompProfile that are a profile.
const OWN = {
	"security-profiles-operator.x-k8s.io/v1beta1/SeccompProfile": checkSeccompProfile,
};
const PROFILE = ["defaultAction", "defaultErrnoRet", "architectures", "syscalls", "flags"];

function checkSeccompProfile(object) {
	const spec = object.spec ?? {};
	const wrong = Object.keys(spec).filter((key) => !PROFILE.includes(key)).map((key) => `/spec/${key} is not known`);

	if (typeof spec.defaultAction !== "string")
		wrong.push("/spec/defaultAction is missing");
	if (!Array.isArray(spec.syscalls) || !spec.syscalls.every((row) => Array.isArray(row.names) && row.action))
		wrong.push("/spec/syscalls is no list of names and actions");
	return wrong;
}

// `value`, and what is below it, noting each place that is looked at.
function watched(value, at, seen) {
	if (value === null || typeof value !== "object")
		return value;
	return new Proxy(value, {
		get(target, key, receiver) {
			const found = Reflect.get(target, key, receiver);

			if (typeof key !== "string" || !Object.hasOwn(target, key) || key === "length")
				return found;
			seen.add(`${at}/${key}`);
			return watched(found, `${at}/${key}`, seen);
		},
	});
}

// Below what was not looked at there is nothing more to tell.
function unseen(value, at, seen, out) {
	if (value === null || typeof value !== "object")
		return;
	for (const [key, inner] of Object.entries(value)) {
		if (seen.has(`${at}/${key}`))
			unseen(inner, `${at}/${key}`, seen, out);
		else
			out.push(`${at}/${key} is not known`);
	}
}

async function check(object) {
	const own = OWN[`${object.apiVersion}/${object.kind}`];
	const path = GROUPS[object.apiVersion];
	const seen = new Set(["/apiVersion", "/kind"]);
	const wrong = [];

	if (own)
		return own(object);
	const kind = path && (await import(path))[object.kind];
	if (!kind)
		return [`no such kind: ${object.apiVersion} ${object.kind}`];
	try {
		kind.prototype.validate.call(watched(object, "", seen));
	} catch (error) {
		wrong.push(error.message);
	}
	if (!wrong.length)
		unseen(object, "", seen, wrong);
	if (!object.metadata?.name)
		wrong.push("/metadata/name is missing");
	return wrong;
}

let objects = 0;
let failed = 0;

for (const file of process.argv.slice(2)) {
	let documents = [];

	try {
		documents = yaml.loadAll(fs.readFileSync(file, "utf8")).filter((object) => object);
	} catch (error) {
		console.log(`${file}: ${error.message.split("\n")[0]}`);
		failed++;
	}
	for (const object of documents) {
		objects++;
		for (const text of await check(object)) {
			console.log(`${file}: ${object.kind} ${object.metadata?.name}: ${text}`);
			failed++;
		}
	}
}
console.log(`${objects} objects, ${failed} wrong`);
process.exit(failed || !objects ? 1 : 0);
