{{/* Values of an ingress-nginx release that nothing here reads, one line each. */}}
{{- define "lintel.unused" -}}
{{- $controller := .Values.controller -}}
{{- if dig "admissionWebhooks" "enabled" false $controller }}
- controller.admissionWebhooks: there is no webhook; an Ingress that cannot be served is reported in its Events
{{- end }}
{{- if dig "keda" "enabled" false $controller }}
- controller.keda: use controller.autoscaling
{{- end }}
{{- if dig "image" "chroot" false $controller }}
- controller.image.chroot: the image has neither a shell nor a writable file
{{- end }}
{{- if dig "customTemplate" "configMapName" "" $controller }}
- controller.customTemplate: there is no nginx.conf
{{- end }}
{{- range $name := list "extraModules" "maxmindLicenseKey" "opentelemetry" "enableMimalloc" }}
{{- if index $controller $name }}
- controller.{{ $name }}: belongs to nginx
{{- end }}
{{- end }}
{{- if and $controller.enableTopologyAwareRouting .Values.rbac.scope (not (index $controller.extraArgs "zone")) }}
- controller.enableTopologyAwareRouting: with rbac.scope the node's zone cannot be read; name it in controller.extraArgs.zone
{{- end }}
{{- range $name := list "dhParam" }}
{{- if index $.Values $name }}
- {{ $name }}: not served by this version
{{- end }}
{{- end }}
{{- end -}}
