package dev.lintel.ingress.names;

import java.net.InetAddress;
import java.util.List;

/// What a look-up came to.
///
/// @param addresses some where they were found, none otherwise
/// @param seconds how long that holds
record NameOutcome(Kind kind, List<InetAddress> addresses, long seconds) {
  /// How it ended.
  enum Kind {
    FOUND,

    /// Whoever is responsible for the name says that it has no address.
    NO_SUCH_NAME,

    /// Nobody who knows could be reached.
    NO_ANSWER
  }

  static NameOutcome found(List<InetAddress> addresses, long seconds) {
    return new NameOutcome(Kind.FOUND, addresses, seconds);
  }

  static NameOutcome noSuchName(long seconds) {
    return new NameOutcome(Kind.NO_SUCH_NAME, List.of(), seconds);
  }

  static NameOutcome noAnswer() {
    return new NameOutcome(Kind.NO_ANSWER, List.of(), 0);
  }
}
