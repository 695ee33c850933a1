{{/* spec of a Service before the controller: (list ROOT SERVICE-VALUES ENABLE-HTTP ENABLE-HTTPS PORTS TARGET-PORTS) */}}
{{- define "lintel.serviceSpec" -}}
{{- $root := index . 0 -}}
{{- $service := index . 1 -}}
{{- $type := $service.type | default $root.Values.controller.service.type -}}
type: {{ $type }}
{{- range $field := list "clusterIP" "loadBalancerIP" "loadBalancerClass" "externalTrafficPolicy" "sessionAffinity" "trafficDistribution" "ipFamilyPolicy" "healthCheckNodePort" }}
{{- with index $service $field }}
{{ $field }}: {{ . }}
{{- end }}
{{- end }}
{{- range $field := list "clusterIPs" "externalIPs" "loadBalancerSourceRanges" "ipFamilies" }}
{{- with index $service $field }}
{{ $field }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- if hasKey $service "allocateLoadBalancerNodePorts" }}
allocateLoadBalancerNodePorts: {{ $service.allocateLoadBalancerNodePorts }}
{{- end }}
ports:
{{- range $name, $enabled := dict "http" (index . 2) "https" (index . 3) }}
{{- if $enabled }}
  - name: {{ $name }}
    port: {{ index $ 4 $name }}
    protocol: TCP
    targetPort: {{ index $ 5 $name }}
    {{- if $service.appProtocol }}
    appProtocol: {{ $name }}
    {{- end }}
    {{- if ne $type "ClusterIP" }}
    {{- with index ($service.nodePorts | default dict) $name }}
    nodePort: {{ . }}
    {{- end }}
    {{- end }}
{{- end }}
{{- end }}
{{- if and (index . 3) $root.Values.controller.http3.enabled }}
  - name: http3
    port: {{ index . 4 "https" }}
    protocol: UDP
    targetPort: http3
    {{- if ne $type "ClusterIP" }}
    {{- with index ($service.nodePorts | default dict) "https" }}
    nodePort: {{ . }}
    {{- end }}
    {{- end }}
{{- end }}
{{- range $kind := list "tcp" "udp" }}
{{- range $port, $_ := index $root.Values $kind }}
  - name: {{ include "lintel.streamPort" (list $root $kind $port) }}
    port: {{ $port }}
    protocol: {{ upper $kind }}
    targetPort: {{ include "lintel.streamPort" (list $root $kind $port) }}
    {{- if ne $type "ClusterIP" }}
    {{- with dig $kind $port "" ($service.nodePorts | default dict) }}
    nodePort: {{ . }}
    {{- end }}
    {{- end }}
{{- end }}
{{- end }}
selector:
  {{- include "lintel.selector" $root | nindent 2 }}
  app.kubernetes.io/component: controller
{{- end -}}
