# SPDX-License-Identifier: Apache-2.0
#
# Is this document what SPDX 2.3 asks for, and what deploy/image/sbom promises?
def is_text: type == "string" and length > 0;
def is_id: is_text and test("^SPDXRef-[A-Za-z0-9.-]+$");
([.SPDXID, .packages[].SPDXID, .files[].SPDXID]) as $ids |
[.relationships[] | select(.relationshipType == "CONTAINS")] as $contains |
[
	.spdxVersion == "SPDX-2.3", .dataLicense == "CC0-1.0", .SPDXID == "SPDXRef-DOCUMENT",
	(.name | is_text), (.documentNamespace | test("^[a-z]+:[^#]+$")),
	(.creationInfo.created | test("^[0-9-]{10}T[0-9:]{8}Z$")),
	(.creationInfo.creators | length > 0 and all(.[]; test("^(Tool|Person|Organization): "))),
	($ids | all(.[]; is_id) and length == (unique | length)),
	all(.packages[]; (.name | is_text) and .downloadLocation == "NOASSERTION" and
		(.versionInfo | is_text) and (.filesAnalyzed == false or
		(.packageVerificationCode.packageVerificationCodeValue | test("^[0-9a-f]{40}$")))),
	all(.packages[] | select(.supplier == "Organization: Debian"); .externalRefs[0].referenceLocator |
		test("^pkg:deb/debian/[^ @]+@[^ +:]+[?]arch=(amd64|arm64|all)&distro=[a-z]+$")),
	all(.files[]; (.fileName | startswith("./")) and ([.checksums[].algorithm] == ["SHA1", "SHA256"])),
	(.relationships | length > 0),
	all(.relationships[]; [.spdxElementId, .relatedSpdxElement] - $ids == []),
	any(.relationships[]; .relationshipType == "DESCRIBES" and .spdxElementId == "SPDXRef-DOCUMENT"),
	# each file is in one package, and each package in the image
	([$contains[].relatedSpdxElement] | sort) ==
		($ids - ["SPDXRef-DOCUMENT", "SPDXRef-Image"] | sort)
] | (indices(false) | if . != [] then "not so: \(.)" | halt_error else true end)
