package dev.lintel.proxy.observe;

/// What metrics call a route.
public record RouteLabels(
    String host, String path, String namespace, String ingress, String service, String canary) {}
