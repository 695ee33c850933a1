package dev.lintel.proxy.filter;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.message.ResponseHead;

/// Changes the head of a response (from an upstream, or Lintel's own) before it is sent. Runs on
/// the exchange's event loop.
@FunctionalInterface
public interface ResponseFilter {
  /// Edits `head` in place.
  void onResponse(Exchange exchange, ResponseHead head);
}
