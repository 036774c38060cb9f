{{/* SPDX-License-Identifier: Apache-2.0 */}}

{{- define "podip.name" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains "podip" .Release.Name -}}
{{- .Release.Name | replace "." "-" -}}
{{- else -}}
{{- printf "%s-podip" .Release.Name | replace "." "-" -}}
{{- end -}}
{{- end -}}

{{/* Of objects that have no namespace. Two that begin alike must not become the same one. */}}
{{- define "podip.clusterName" -}}
{{- $whole := printf "%s-%s" .Release.Namespace (include "podip.name" .) -}}
{{- if gt (len $whole) 63 -}}
{{- printf "%s-%s" ($whole | trunc 54 | trimSuffix "-") ($whole | sha256sum | trunc 8) -}}
{{- else -}}
{{- $whole -}}
{{- end -}}
{{- end -}}

{{- define "podip.selector" -}}
app.kubernetes.io/name: podip
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "podip.labels" -}}
{{ include "podip.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "podip.account" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "podip.name" .) -}}
{{- else -}}
{{- required "serviceAccount.create is false: say serviceAccount.name" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "podip.image" -}}
{{- $repository := required "image.repository is not set: there is no public image. Build one (deploy/image), push it to a registry of yours, and say --set image.repository=REGISTRY/podip" .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* "true" or nothing. */}}
{{- define "podip.cilium" -}}
{{- if and .Values.kubernetes (or .Values.cilium (eq .Values.platform "generic")) -}}true{{- end -}}
{{- end -}}

{{- define "podip.seccomp" -}}
{{- if .Values.seccomp.operator -}}
type: Localhost
localhostProfile: operator/{{ include "podip.clusterName" . }}.json
{{- else if eq .Values.seccomp.type "Localhost" -}}
type: Localhost
localhostProfile: {{ .Values.seccomp.localhostProfile }}
{{- else -}}
type: {{ .Values.seccomp.type }}
{{- end -}}
{{- end -}}

{{/* Before 1.30 AppArmor is asked for by an annotation. */}}
{{- define "podip.hasAppArmorField" -}}
{{- if semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version -}}true{{- end -}}
{{- end -}}

{{/* Of a PodMonitor or ServiceMonitor: its values. */}}
{{- define "podip.endpoint" -}}
port: metrics
path: /metrics
interval: {{ .interval }}
{{- with omit .endpoint "relabelings" }}
{{ toYaml . }}
{{- end }}
relabelings:
  # Rules and dashboards name nodes.
  - sourceLabels: [__meta_kubernetes_pod_node_name]
    targetLabel: node
{{- with .endpoint.relabelings }}
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* PROBE of the container: a request, or the same asked by the program, which needs no certificate. */}}
{{- define "podip.probe" -}}
{{- if .root.Values.probes.exec -}}
exec: { command: [/usr/bin/podip, status, {{ .option }}] }
{{- else -}}
httpGet: { path: {{ .path }}, port: metrics, scheme: {{ .root.Values.probes.scheme }} }
{{- end -}}
{{- end -}}

{{/* What cannot work, whatever web.yaml says. */}}
{{- define "podip.checkWeb" -}}
{{- with .Values -}}
{{- if .web.tlsSecret -}}
{{- if not .web.configSecret -}}
{{- fail "web.tlsSecret needs web.configSecret: a Secret whose web.yaml says `tls_server_config: { cert_file: tls.crt, key_file: tls.key }`" -}}
{{- end -}}
{{- if not (or .probes.exec (eq .probes.scheme "HTTPS")) -}}
{{- fail "web.tlsSecret: probes over plain HTTP would never pass. Say probes.scheme=HTTPS, or probes.exec=true if web.yaml requires certificates of clients" -}}
{{- end -}}
{{- range $name, $monitor := dict "podMonitor" .podMonitor "serviceMonitor" .serviceMonitor -}}
{{- if and $monitor.enabled (ne (lower (default "http" $monitor.endpoint.scheme)) "https") -}}
{{- fail (printf "web.tlsSecret: scrapes over plain HTTP would never be answered. Say %s.endpoint.scheme=https, and its tlsConfig" $name) -}}
{{- end -}}
{{- end -}}
{{- else if and (not .web.configSecret) (not .probes.exec) (eq .probes.scheme "HTTPS") -}}
{{- fail "probes.scheme=HTTPS needs web.configSecret: without it the agent speaks plain HTTP" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Ports of an API server and an Alertmanager, a line for each, each once. */}}
{{- define "podip.apiPorts" -}}
{{- $ports := list -}}
{{- if .Values.kubernetes -}}
{{- range .Values.networkPolicy.apiPorts }}{{ $ports = append $ports (printf "%d" (int .)) }}{{ end -}}
{{- end -}}
{{- range list "kubernetes.url" "alertmanager.url" -}}
{{- $url := include "podip.configured" (dict "root" $ "key" .) -}}
{{- if hasPrefix "http" $url -}}
{{- $parts := urlParse $url -}}
{{- $port := regexFind ":[0-9]+$" $parts.host | trimPrefix ":" -}}
{{- $ports = append $ports (default (eq $parts.scheme "https" | ternary "443" "80") $port) -}}
{{- end -}}
{{- end -}}
{{- join "\n" (uniq $ports) -}}
{{- end -}}

{{/* What config says of a flag by its name, as one word or as a key in a key; or nothing. */}}
{{- define "podip.configured" -}}
{{- $given := .root.Values.config | default dict -}}
{{- $parts := splitn "." 2 .key -}}
{{- $inner := index $given $parts._0 -}}
{{- if hasKey $given .key -}}
{{- index $given .key -}}
{{- else if and $parts._1 (kindIs "map" $inner) -}}
{{- if hasKey $inner $parts._1 }}{{ index $inner $parts._1 }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* Files that config names are the container's: something must be mounted there. */}}
{{- define "podip.checkPaths" -}}
{{- $mounts := list "/etc/podip" "/etc/cni/net.d" "/var/lib/cni" "/etc/ssl" "/var/run/secrets/kubernetes.io/serviceaccount" -}}
{{- if .Values.web.configSecret }}{{ $mounts = append $mounts "/etc/podip-web" }}{{ end -}}
{{- if eq .Values.platform "eks" }}{{ $mounts = append $mounts "/var/run/aws-node" }}{{ end -}}
{{- if eq .Values.platform "generic" }}{{ $mounts = append $mounts "/run/flannel" }}{{ end -}}
{{- range .Values.extraVolumeMounts }}{{ $mounts = append $mounts (.mountPath | trimSuffix "/") }}{{ end -}}
{{- $files := dict "cni.conf-dir" "hostPaths.cniConf" "cni.cache-dir" "hostPaths.cniState" "cni.state-dir" "hostPaths.cniState" -}}
{{- range list "flannel.file" "aws.ipam-file" "alertmanager.token-file" "alertmanager.ca-file" "kubernetes.token-file" "kubernetes.ca-file" "web.config.file" -}}
{{- $_ := set $files . "" -}}
{{- end -}}
{{- range $key, $by := $files -}}
{{- $path := include "podip.configured" (dict "root" $ "key" $key) -}}
{{- if $path -}}
{{- $is_there := false -}}
{{- range $mounts }}{{ if or (eq $path .) (hasPrefix (printf "%s/" .) $path) }}{{ $is_there = true }}{{ end }}{{ end -}}
{{- if not $is_there -}}
{{- fail (printf "config: '%s' is %s, where nothing is mounted into the pod: %sextraVolumes and extraVolumeMounts mount it" $key $path (empty $by | ternary "" (printf "%s says where the node has it, or " $by))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What the chart says by the environment, which wins over podip.yaml: there it would be lost. */}}
{{- define "podip.checkConfig" -}}
{{- $given := .Values.config | default dict -}}
{{- $taken := dict "config" "config" "node" "no value: it is the node's name" "proc-dir" "no value: it is /host/proc" "host-root" "no value: the node's files are mounted one by one" "socket" "no value: it is where probes and `podip status` look" "backend" "backend" "web.listen-address" "web.port" -}}
{{- if .Values.web.configSecret }}{{ $_ := set $taken "web.config.file" "web.configSecret" }}{{ end -}}
{{- if .Values.eventLog.hostPath }}{{ $_ := set $taken "events.file" "eventLog.hostPath" }}{{ end -}}
{{- if not .Values.kubernetes }}{{ $_ := set $taken "kubernetes.url" "kubernetes" }}{{ end -}}
{{- if .Values.nodeEvents }}{{ $_ := set $taken "alerts.node-events" "nodeEvents" }}{{ end -}}
{{- range $key, $value := $taken -}}
{{- $parts := splitn "." 2 $key -}}
{{- $inner := index $given $parts._0 -}}
{{- $is_nested := and $parts._1 (kindIs "map" $inner) -}}
{{- if or (hasKey $given $key) (and $is_nested (hasKey (default dict $inner) (default "" $parts._1))) -}}
{{- fail (printf "config: '%s' is the chart's to say, by %s" $key $value) -}}
{{- end -}}
{{- end -}}
{{- include "podip.checkPaths" . -}}
{{- end -}}
