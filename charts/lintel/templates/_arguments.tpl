{{/* Arguments of the controller: the subcommand, then ingress-nginx's flags. */}}
{{- define "lintel.arguments" -}}
{{- $controller := .Values.controller -}}
- controller
{{- if .Values.defaultBackend.enabled }}
- --default-backend-service=$(POD_NAMESPACE)/{{ include "lintel.defaultBackend" . }}
{{- end }}
{{- if and $controller.publishService.enabled $controller.service.enabled }}
{{- $service := include "lintel.controller" . }}
{{- if not $controller.service.external.enabled }}{{ $service = printf "%s-internal" $service }}{{ end }}
- --publish-service={{ $controller.publishService.pathOverride | default (printf "$(POD_NAMESPACE)/%s" $service) }}
{{- end }}
- --election-id={{ include "lintel.electionId" . }}
{{- with $controller.electionTTL }}
- --election-ttl={{ . }}
{{- end }}
- --controller-class={{ $controller.ingressClassResource.controllerValue }}
{{- with $controller.ingressClass }}
- --ingress-class={{ . }}
{{- end }}
- --configmap={{ $controller.configMapNamespace | default "$(POD_NAMESPACE)" }}/{{ include "lintel.controller" . }}
{{- range $kind := list "tcp" "udp" }}
{{- if index $.Values $kind }}
- --{{ $kind }}-services-configmap={{ (index $controller $kind).configMapNamespace | default "$(POD_NAMESPACE)" }}/{{ include "lintel.fullname" $ }}-{{ $kind }}
{{- end }}
{{- end }}
{{- if $controller.scope.enabled }}
- --watch-namespace={{ $controller.scope.namespace | default "$(POD_NAMESPACE)" }}
{{- else if $controller.scope.namespaceSelector }}
- --watch-namespace-selector={{ $controller.scope.namespaceSelector }}
{{- end }}
- --client-body-temp-path=/bodies
{{- if and $controller.reportNodeInternalIp $controller.hostNetwork }}
- --report-node-internal-ip-address=true
{{- end }}
{{- if $controller.watchIngressWithoutClass }}
- --watch-ingress-without-class=true
{{- end }}
{{- if $controller.ingressClassByName }}
- --ingress-class-by-name=true
{{- end }}
{{- if $controller.enableTopologyAwareRouting }}
- --enable-topology-aware-routing=true
{{- end }}
{{- if $controller.disableLeaderElection }}
- --disable-leader-election=true
{{- end }}
{{- if not $controller.enableAnnotationValidations }}
- --enable-annotation-validation=false
{{- end }}
{{- if ne $controller.healthCheckPath "/healthz" }}
- --health-check-path={{ $controller.healthCheckPath }}
{{- end }}
{{- with $controller.healthCheckHost }}
- --healthz-host={{ . }}
{{- end }}
{{- if $controller.metrics.enabled }}
- --enable-metrics=true
{{- end }}
{{- range $flag, $value := $controller.extraArgs }}
{{- if or (kindIs "invalid" $value) (eq (toString $value) "") }}
- --{{ $flag }}
{{- else }}
- {{ printf "--%s=%s" $flag (include "lintel.plain" $value) | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* A scalar as it was written: a large whole number must not become 1e+06. */}}
{{- define "lintel.plain" -}}
{{- if and (kindIs "float64" .) (eq . (floor .)) -}}
{{- printf "%.0f" . -}}
{{- else -}}
{{- toString . -}}
{{- end -}}
{{- end -}}
