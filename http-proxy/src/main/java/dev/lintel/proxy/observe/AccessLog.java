package dev.lintel.proxy.observe;

/// Writes a line for each request.
public final class AccessLog {
  AccessLog() {}
}
