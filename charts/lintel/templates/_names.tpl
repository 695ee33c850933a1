{{/*
Names and labels. The rules are those of the ingress-nginx chart with that chart's name for a base: a release of it
keeps its objects, and a Deployment its selector, when it is upgraded to this chart.
*/}}

{{- define "lintel.short" -}}
{{- . | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "lintel.name" -}}
{{- include "lintel.short" (.Values.nameOverride | default "ingress-nginx") -}}
{{- end -}}

{{- define "lintel.fullname" -}}
{{- $base := .Values.nameOverride | default "ingress-nginx" -}}
{{- if .Values.fullnameOverride -}}
{{- include "lintel.short" .Values.fullnameOverride -}}
{{- else if contains $base .Release.Name -}}
{{- include "lintel.short" .Release.Name -}}
{{- else -}}
{{- include "lintel.short" (printf "%s-%s" .Release.Name $base) -}}
{{- end -}}
{{- end -}}

{{- define "lintel.controller" -}}
{{- include "lintel.short" (printf "%s-%s" (include "lintel.fullname" .) .Values.controller.name) -}}
{{- end -}}

{{- define "lintel.defaultBackend" -}}
{{- include "lintel.short" (printf "%s-%s" (include "lintel.fullname" .) .Values.defaultBackend.name) -}}
{{- end -}}

{{- define "lintel.namespace" -}}
{{- include "lintel.short" (.Values.namespaceOverride | default .Release.Namespace) -}}
{{- end -}}

{{- define "lintel.electionId" -}}
{{- .Values.controller.electionID | default (printf "%s-leader" (include "lintel.fullname" .)) -}}
{{- end -}}

{{- define "lintel.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "lintel.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{/* The two labels that select; with the component they are a selector. */}}
{{- define "lintel.selector" -}}
app.kubernetes.io/name: {{ include "lintel.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "lintel.labels" -}}
helm.sh/chart: {{ include "lintel.short" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_") }}
{{ include "lintel.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: {{ include "lintel.name" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* metadata of an object of the controller: (list ROOT NAME [LABELS]) */}}
{{- define "lintel.controllerMetadata" -}}
{{- $root := index . 0 -}}
name: {{ index . 1 }}
namespace: {{ include "lintel.namespace" $root }}
labels:
  {{- include "lintel.labels" $root | nindent 2 }}
  app.kubernetes.io/component: controller
  {{- with $root.Values.controller.labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- if gt (len .) 2 }}
  {{- with index . 2 }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- end }}
{{- end -}}

{{/* Reference to an image: (list ROOT IMAGE-VALUES DEFAULT-TAG) */}}
{{- define "lintel.image" -}}
{{- $root := index . 0 -}}
{{- $image := index . 1 -}}
{{- $registry := $image.registry | default $root.Values.global.image.registry -}}
{{- $name := $image.repository | default (ternary (printf "%s/%s" $registry $image.image) $image.image (ne $registry "")) -}}
{{- $name }}:{{ $image.tag | default (index . 2) }}
{{- with $image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{/* The name of the port of a TCP or UDP service: (list ROOT KIND PORT) */}}
{{- define "lintel.streamPort" -}}
{{- $prefix := (index . 0).Values.portNamePrefix -}}
{{- if $prefix }}{{ $prefix }}-{{ end }}{{ index . 2 }}-{{ index . 1 }}
{{- end -}}
