package dev.lintel.proxy.observe;

import dev.lintel.proxy.message.HeaderName;
import java.util.List;

/// The format of the access log, compiled.
public final class LogFormat {
  LogFormat() {}

  /// The request's fields that lines of this format show.
  public List<HeaderName> requestFields() {
    return List.of();
  }
}
