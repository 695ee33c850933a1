package dev.lintel.proxy.upstream.guard;

/// How endpoints are asked whether they are well: by a GET, over a connection of its own, which is
/// answered in time with a status from 200 to 399.
///
/// @param path what is asked for, in origin form and of visible ASCII characters
/// @param intervalMillis from the end of one check to the next, more or less by a tenth
/// @param timeoutMillis for connecting and the head of the answer together
/// @param wellAfter good answers in a row after which an endpoint is well again
/// @param unwellAfter failed checks in a row after which it is not
public record CheckSettings(
    String path, int intervalMillis, int timeoutMillis, int wellAfter, int unwellAfter) {
  /// Refuses values that make no sense; users are told earlier and better.
  public CheckSettings {
    if (!path.startsWith("/")
        || intervalMillis < 1
        || timeoutMillis < 1
        || wellAfter < 1
        || unwellAfter < 1) {
      throw new IllegalArgumentException("no such check: " + path);
    }
  }
}
