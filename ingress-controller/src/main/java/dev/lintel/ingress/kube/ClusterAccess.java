package dev.lintel.ingress.kube;

/// How to reach the API server. Empty texts mean: as the environment says, which is the service
/// account of a pod, or the user's kubeconfig.
///
/// @param apiServer `--apiserver-host`, e.g. `https://10.0.0.1:6443`
/// @param kubeconfig the path of a kubeconfig file
/// @param certificateAuthority the path of a PEM file, for `apiServer`
public record ClusterAccess(String apiServer, String kubeconfig, String certificateAuthority) {}
