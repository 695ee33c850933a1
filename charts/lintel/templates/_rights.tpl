{{/* What the controller reads and writes in the namespaces it watches. Nothing of nodes or pods. */}}
{{- define "lintel.watchedRights" -}}
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [list, watch]
- apiGroups: [networking.k8s.io]
  resources: [ingresses/status]
  verbs: [patch]
- apiGroups: [""]
  resources: [services]
  verbs: [list, watch]
# Certificates and password files that Ingresses name; get is for one that is read on its own.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, list, watch]
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [list, watch]
# What was wrong with an Ingress, told where its owner looks.
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create]
{{- end -}}

{{/* Binds a role to the service account: (list ROOT KIND) */}}
{{- define "lintel.binding" -}}
{{- $root := index . 0 -}}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ index . 1 }}
  name: {{ include "lintel.fullname" $root }}
subjects:
  - kind: ServiceAccount
    name: {{ include "lintel.serviceAccount" $root }}
    namespace: {{ include "lintel.namespace" $root }}
{{- end -}}
