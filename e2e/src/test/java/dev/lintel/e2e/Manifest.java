package dev.lintel.e2e;

/// The few shapes of manifests that the tests apply.
final class Manifest {
  private Manifest() {}

  /// Echo pods and their Service (port 80, named http). A pod that is told to end stays for 5 s
  /// more, as long as it takes until everybody knows; `version` is what its answers carry.
  static String echo(String name, int replicas, String version) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: %1$s}
    spec:
      replicas: %2$d
      selector: {matchLabels: {app: %1$s}}
      template:
        metadata: {labels: {app: %1$s}}
        spec:
          terminationGracePeriodSeconds: 30
          containers:
          - name: echo
            image: %4$s
            imagePullPolicy: IfNotPresent
            ports: [{name: http, containerPort: 8080}]
            resources: {requests: {cpu: 100m, memory: 32Mi}}
            env:
            - {name: VERSION, value: "%3$s"}
            - name: POD_NAME
              valueFrom: {fieldRef: {fieldPath: metadata.name}}
            lifecycle: {preStop: {sleep: {seconds: 5}}}
            readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 1, timeoutSeconds: 5}
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: %1$s}
    spec:
      selector: {app: %1$s}
      ports: [{name: http, port: 80, targetPort: http}]
    """
        .formatted(name, replicas, version, Environment.ECHO_IMAGE);
  }

  /// A Service whose endpoints the test writes itself.
  static String serviceWithoutSelector(String name) {
    return """
    apiVersion: v1
    kind: Service
    metadata: {name: %s}
    spec:
      ports: [{name: http, port: 80, targetPort: 8080}]
    """
        .formatted(name);
  }

  static String endpoints(String service, Iterable<String> addresses) {
    StringBuilder endpoints = new StringBuilder();
    for (String address : addresses) {
      endpoints
          .append("- {addresses: [\"")
          .append(address)
          .append("\"], conditions: {ready: true}}\n");
    }
    return """
    apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata:
      name: %1$s-by-hand
      labels: {kubernetes.io/service-name: %1$s, endpointslice.kubernetes.io/managed-by: lintel-e2e}
    addressType: IPv4
    ports: [{name: http, port: 8080, protocol: TCP}]
    endpoints:
    %2$s"""
        .formatted(service, endpoints);
  }

  /// One host, one path; every path is rewritten to `rewrite`, so that an answer tells which edit
  /// of the Ingress it was routed by. `tls` names the Secret, or is empty.
  static String ingress(
      String name, String host, String path, String service, String rewrite, String tls) {
    return """
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: %1$s
      annotations: {nginx.ingress.kubernetes.io/rewrite-target: "%5$s"}
    spec:
      ingressClassName: nginx
      %6$s
      rules:
      - host: %2$s
        http:
          paths:
          - path: %3$s
            pathType: Prefix
            backend: {service: {name: %4$s, port: {number: 80}}}
    """
        .formatted(
            name,
            host,
            path,
            service,
            rewrite,
            tls.isEmpty() ? "" : "tls: [{hosts: [" + host + "], secretName: " + tls + "}]");
  }
}
