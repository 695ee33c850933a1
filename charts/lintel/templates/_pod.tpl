{{/* The pod, the same in a Deployment and in a DaemonSet. */}}
{{- define "lintel.pod" -}}
{{- $controller := .Values.controller -}}
metadata:
  labels:
    {{- include "lintel.labels" . | nindent 4 }}
    app.kubernetes.io/component: controller
    {{- with $controller.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- with $controller.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with $controller.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "lintel.serviceAccount" . }}
  automountServiceAccountToken: {{ .Values.serviceAccount.automountServiceAccountToken }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  terminationGracePeriodSeconds: {{ $controller.terminationGracePeriodSeconds }}
  securityContext:
    {{- include "lintel.podSecurity" . | nindent 4 }}
  {{- with $controller.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  {{- with $controller.runtimeClassName }}
  runtimeClassName: {{ . | quote }}
  {{- end }}
  {{- if $controller.shareProcessNamespace }}
  shareProcessNamespace: true
  {{- end }}
  {{- if $controller.hostNetwork }}
  hostNetwork: true
  {{- end }}
  {{- with $controller.hostname }}
  hostname: {{ toYaml . | nindent 4 }}
  {{- end }}
  {{- with $controller.hostAliases }}
  hostAliases:
    {{- tpl (toYaml .) $ | nindent 4 }}
  {{- end }}
  dnsPolicy: {{ $controller.dnsPolicy }}
  {{- with $controller.dnsConfig }}
  dnsConfig:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $controller.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $controller.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $controller.affinity }}
  affinity:
    {{- tpl (toYaml .) $ | nindent 4 }}
  {{- end }}
  {{- include "lintel.spread" . | nindent 2 }}
  {{- with $controller.extraInitContainers }}
  initContainers:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ $controller.containerName }}
      {{- include "lintel.container" . | nindent 6 }}
    {{- with $controller.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    - name: bodies
      emptyDir:
        sizeLimit: {{ $controller.clientBodyTemp.sizeLimit }}
    {{- with $controller.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- define "lintel.container" -}}
{{- $controller := .Values.controller -}}
image: {{ include "lintel.image" (list . $controller.image .Chart.AppVersion) }}
imagePullPolicy: {{ $controller.image.pullPolicy }}
args:
  {{- include "lintel.arguments" . | nindent 2 }}
env:
  - name: POD_NAME
    valueFrom:
      fieldRef:
        fieldPath: metadata.name
  - name: POD_NAMESPACE
    valueFrom:
      fieldRef:
        fieldPath: metadata.namespace
  {{- if $controller.enableTopologyAwareRouting }}
  - name: NODE_NAME
    valueFrom:
      fieldRef:
        fieldPath: spec.nodeName
  {{- end }}
  {{- with $controller.extraEnvs }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
ports:
  {{- range $name, $port := $controller.containerPort }}
  - name: {{ $name }}
    containerPort: {{ $port }}
    protocol: TCP
    {{- if $controller.hostPort.enabled }}
    hostPort: {{ index $controller.hostPort.ports $name | default $port }}
    {{- end }}
  {{- end }}
  {{- if $controller.http3.enabled }}
  - name: http3
    containerPort: {{ $controller.containerPort.https }}
    protocol: UDP
    {{- if $controller.hostPort.enabled }}
    hostPort: {{ $controller.hostPort.ports.https | default $controller.containerPort.https }}
    {{- end }}
  {{- end }}
  {{- range $kind := list "tcp" "udp" }}
  {{- range $port, $_ := index $.Values $kind }}
  - name: {{ include "lintel.streamPort" (list $ $kind $port) }}
    containerPort: {{ $port }}
    protocol: {{ upper $kind }}
    {{- if $controller.hostPort.enabled }}
    hostPort: {{ $port }}
    {{- end }}
  {{- end }}
  {{- end }}
  {{- if $controller.metrics.enabled }}
  - name: {{ $controller.metrics.portName }}
    containerPort: {{ $controller.metrics.port }}
    protocol: TCP
  {{- end }}
securityContext:
  {{- include "lintel.containerSecurity" . | nindent 2 }}
{{- with $controller.startupProbe }}
startupProbe:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $controller.livenessProbe }}
livenessProbe:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $controller.readinessProbe }}
readinessProbe:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $controller.lifecycle }}
lifecycle:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $controller.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $controller.resizePolicy }}
resizePolicy:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumeMounts:
  - name: bodies
    mountPath: /bodies
  {{- with $controller.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/*
On the pod's own network a sysctl opens the low ports to everybody in it; it counts as safe, `restricted` allows it. On
the node's network it would be the node's, and is refused.
*/}}
{{- define "lintel.podSecurity" -}}
{{- $sysctls := dict -}}
{{- if not .Values.controller.hostNetwork -}}
{{- $_ := set $sysctls "net.ipv4.ip_unprivileged_port_start" "0" -}}
{{- end -}}
{{- $sysctls = mergeOverwrite $sysctls (deepCopy .Values.controller.sysctls) -}}
{{- $list := list -}}
{{- range $name, $value := $sysctls -}}
{{- $list = append $list (dict "name" $name "value" (include "lintel.plain" $value)) -}}
{{- end -}}
{{- $context := dict "seccompProfile" (dict "type" "RuntimeDefault") -}}
{{- if $list -}}
{{- $_ := set $context "sysctls" $list -}}
{{- end -}}
{{- toYaml (mergeOverwrite $context (deepCopy .Values.controller.podSecurityContext)) -}}
{{- end -}}

{{- define "lintel.containerSecurity" -}}
{{- $image := .Values.controller.image -}}
{{- if .Values.controller.containerSecurityContext -}}
{{- toYaml .Values.controller.containerSecurityContext -}}
{{- else -}}
{{- $low := and .Values.controller.hostNetwork (eq (int $image.runAsUser) 65532) -}}
{{- if $low -}}
runAsNonRoot: false
runAsUser: 0
runAsGroup: 0
{{- else -}}
runAsNonRoot: {{ $image.runAsNonRoot }}
runAsUser: {{ $image.runAsUser }}
runAsGroup: {{ $image.runAsGroup }}
{{- end }}
allowPrivilegeEscalation: {{ $image.allowPrivilegeEscalation }}
readOnlyRootFilesystem: {{ $image.readOnlyRootFilesystem }}
seccompProfile:
  {{- toYaml $image.seccompProfile | nindent 2 }}
capabilities:
  drop:
    - ALL
  {{- if $low }}
  add:
    - NET_BIND_SERVICE
  {{- end }}
{{- end -}}
{{- end -}}

{{/* Replicas apart from each other where that can be done; a DaemonSet is spread already. */}}
{{- define "lintel.spread" -}}
{{- if .Values.controller.topologySpreadConstraints -}}
topologySpreadConstraints:
  {{- tpl (toYaml .Values.controller.topologySpreadConstraints) . | nindent 2 }}
{{- else if eq .Values.controller.kind "Deployment" -}}
topologySpreadConstraints:
  {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "lintel.selector" $ | nindent 8 }}
        app.kubernetes.io/component: controller
    matchLabelKeys:
      - pod-template-hash
  {{- end }}
{{- end -}}
{{- end -}}
