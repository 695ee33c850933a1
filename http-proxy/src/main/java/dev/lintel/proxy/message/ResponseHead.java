package dev.lintel.proxy.message;

/// The head of a response on its way to the client.
public final class ResponseHead {
  ResponseHead() {}
}
