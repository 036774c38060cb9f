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

// These have no models: what their definitions of resources have. SeccompProfile's fields are those that
// 0.9 and 1.0 of the security profiles operator have in common.
const OWN = {
	"security-profiles-operator.x-k8s.io/v1beta1/SeccompProfile": checkSeccompProfile,
	"cert-manager.io/v1/Certificate": checkCertificate,
};
const PROFILE = ["baseProfileName", "defaultAction", "architectures", "listenerPath", "listenerMetadata", "syscalls", "flags"];
const PROFILE_ROW = ["names", "action", "errnoRet", "args"];
const CERTIFICATE = ["secretName", "dnsNames", "privateKey", "usages", "issuerRef", "commonName", "duration", "renewBefore"];

function others(object, known, at) {
	return Object.keys(object ?? {}).filter((key) => !known.includes(key)).map((key) => `${at}/${key} is not known`);
}

function checkSeccompProfile(object) {
	const spec = object.spec ?? {};
	const rows = Array.isArray(spec.syscalls) ? spec.syscalls : [];
	const wrong = [...others(spec, PROFILE, "/spec"), ...rows.flatMap((row) => others(row, PROFILE_ROW, "/spec/syscalls"))];

	if (object.metadata?.namespace)
		wrong.push("/metadata/namespace: since 0.9 there is none");
	if (typeof spec.defaultAction !== "string")
		wrong.push("/spec/defaultAction is missing");
	if (!rows.length || !rows.every((row) => Array.isArray(row.names) && row.action))
		wrong.push("/spec/syscalls is no list of names and actions");
	if (rows.some((row) => new Set(row.names).size !== row.names?.length))
		wrong.push("/spec/syscalls names one twice");
	return wrong;
}

function checkCertificate(object) {
	const spec = object.spec ?? {};
	const wrong = [...others(spec, CERTIFICATE, "/spec"),
		...others(spec.issuerRef, ["group", "kind", "name"], "/spec/issuerRef"),
		...others(spec.privateKey, ["algorithm", "size", "encoding", "rotationPolicy"], "/spec/privateKey")];

	if (!spec.secretName || !spec.issuerRef?.name || !spec.dnsNames?.length)
		wrong.push("/spec lacks secretName, dnsNames or issuerRef");
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
