package dev.lintel.ingress.link;

/// The ports that clients reach, as redirects name them.
public record Ports(int http, int https) {}
