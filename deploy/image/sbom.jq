# SPDX-License-Identifier: Apache-2.0
#
# The SPDX 2.3 document, of the lists that `sbom` makes.

def rows: split("\n") | map(select(. != "") | split("\t"));
def id($kind): "SPDXRef-\($kind)-" + gsub("[^A-Za-z0-9.]+"; "-");
def relate($from; $type; $to): { spdxElementId: $from, relationshipType: $type, relatedSpdxElement: $to };

def package($row): {
	SPDXID: ($row[0] | id("Package")),
	name: $row[0],
	versionInfo: $row[1],
	supplier: "Organization: Debian",
	downloadLocation: "NOASSERTION",
	filesAnalyzed: true,
	packageVerificationCode: { packageVerificationCodeValue: $row[5] },
	sourceInfo: "built by Debian from the source package \($row[3]) \($row[4])",
	licenseConcluded: "NOASSERTION",
	licenseDeclared: "NOASSERTION",
	licenseInfoFromFiles: ["NOASSERTION"],
	licenseComments: ("see usr/share/doc/\($row[0])/copyright in the image" +
		if $row[6] == "" then "" else ", which names \($row[6])" end),
	copyrightText: "NOASSERTION",
	externalRefs: [{
		referenceCategory: "PACKAGE-MANAGER",
		referenceType: "purl",
		referenceLocator: "pkg:deb/debian/\($row[0] | @uri)@\($row[1] | @uri)?arch=\($row[2])&distro=\($distro)"
	}]
};

def podip: {
	SPDXID: "SPDXRef-Package-podip",
	name: "podip",
	versionInfo: $version,
	supplier: "NOASSERTION",
	downloadLocation: "NOASSERTION",
	filesAnalyzed: true,
	packageVerificationCode: {
		packageVerificationCodeValue: $code,
		packageVerificationCodeExcludedFiles: ["./usr/share/podip/sbom.spdx.json"]
	},
	sourceInfo: "revision \($revision)",
	licenseConcluded: "Apache-2.0",
	licenseDeclared: "Apache-2.0",
	licenseInfoFromFiles: ["NOASSERTION"],
	copyrightText: "NOASSERTION",
	externalRefs: [{
		referenceCategory: "PACKAGE-MANAGER",
		referenceType: "purl",
		referenceLocator: "pkg:generic/podip@\($version | @uri)"
	}]
};

def image: {
	SPDXID: "SPDXRef-Image",
	name: "podip-image",
	versionInfo: "\($version)-\($arch)",
	supplier: "NOASSERTION",
	downloadLocation: "NOASSERTION",
	filesAnalyzed: false,
	primaryPackagePurpose: "CONTAINER",
	licenseConcluded: "NOASSERTION",
	licenseDeclared: "NOASSERTION",
	copyrightText: "NOASSERTION"
};

def file($row): {
	SPDXID: ($row[0] | id("File")),
	fileName: ".\($row[0])",
	checksums: [
		{ algorithm: "SHA1", checksumValue: $row[2] },
		{ algorithm: "SHA256", checksumValue: $row[3] }
	],
	licenseConcluded: "NOASSERTION",
	licenseInfoInFiles: ["NOASSERTION"],
	copyrightText: "NOASSERTION"
};

($files | rows) as $files | ($packages | rows) as $packages | {
	spdxVersion: "SPDX-2.3",
	dataLicense: "CC0-1.0",
	SPDXID: "SPDXRef-DOCUMENT",
	name: "podip-\($version)-\($arch)",
	documentNamespace: ($sum | "urn:uuid:\(.[0:8])-\(.[8:12])-8\(.[12:15])-8\(.[15:18])-\(.[18:30])"),
	creationInfo: { created: $created, creators: ["Tool: podip-deploy-image-sbom"] },
	packages: ([image, podip] + [$packages[] | package(.)]),
	files: [$files[] | file(.)],
	relationships: (
		[relate("SPDXRef-DOCUMENT"; "DESCRIBES"; "SPDXRef-Image"),
			relate("SPDXRef-Image"; "CONTAINS"; "SPDXRef-Package-podip"),
			relate("SPDXRef-Package-uthash-dev"; "BUILD_DEPENDENCY_OF"; "SPDXRef-Package-podip")] +
		[$packages[] | relate("SPDXRef-Image"; "CONTAINS"; .[0] | id("Package"))] +
		[$files[] | relate(.[1] | id("Package"); "CONTAINS"; .[0] | id("File"))])
}
