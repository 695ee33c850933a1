package dev.lintel.proxy.upstream;

import org.jspecify.annotations.Nullable;

/// The endpoints that one request was tried with. Reused for one request after another.
public final class Attempts {
  /// The first one and two extra ones.
  public static final int MOST = 3;

  private final @Nullable Endpoint[] tried = new @Nullable Endpoint[MOST];
  private final byte[][] texts = new byte[MOST][];
  private int count;
  private int unready;
  private boolean repeatAllowed;

  /// None yet.
  public Attempts() {}

  /// Forgets all.
  public void clear() {
    for (int i = 0; i < count; i++) {
      tried[i] = null;
    }
    count = 0;
    unready = 0;
    repeatAllowed = false;
  }

  /// How many there were.
  public int count() {
    return count;
  }

  /// The address of try `i`, as text.
  public byte[] text(int i) {
    return texts[i];
  }

  /// How many went to endpoints that were not ready.
  public int unready() {
    return unready;
  }

  /// Where no other endpoint is left, allows the same one once more, on a new connection: the last
  /// try failed because of its old connection.
  public void allowRepeat() {
    repeatAllowed = true;
  }

  boolean isRepeatAllowed() {
    return repeatAllowed;
  }

  void add(EndpointPool chosen, boolean notReady) {
    tried[count] = chosen.endpoint;
    texts[count++] = chosen.text;
    unready += notReady ? 1 : 0;
    repeatAllowed = false;
  }

  boolean includes(Endpoint endpoint) {
    for (int i = 0; i < count; i++) {
      if (endpoint.equals(tried[i])) {
        return true;
      }
    }
    return false;
  }
}
