{{/* SPDX-License-Identifier: Apache-2.0 */}}

{{- define "podip.name" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains "podip" .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-podip" .Release.Name | trunc 63 | trimSuffix "-" -}}
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
localhostProfile: operator/{{ .Release.Namespace }}/{{ include "podip.name" . }}.json
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

{{/* Of this pod's kind alone. */}}
{{- define "podip.endpoint" -}}
port: metrics
path: /metrics
interval: {{ .interval }}
relabelings:
  # Rules and dashboards name nodes.
  - sourceLabels: [__meta_kubernetes_pod_node_name]
    targetLabel: node
{{- with .endpoint }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* What the chart says by the environment, which wins over podip.yaml: there it would be lost. */}}
{{- define "podip.checkConfig" -}}
{{- $given := .Values.config | default dict -}}
{{- $taken := dict "config" "config" "node" "no value: it is the node's name" "proc-dir" "no value: it is /host/proc" "backend" "backend" "web.listen-address" "web.port" -}}
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
{{- end -}}
