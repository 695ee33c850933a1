package dev.lintel.proxy.upstream.balance;

import dev.lintel.proxy.message.Slice;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What one request goes by when its endpoint is picked, and what came of it. Made for an exchange
/// whose route asks for it, and used again for its next requests, on its loop.
public final class Choice {
  /// The longest key of a cookie: ingress-nginx's have 32 bytes or fewer.
  public static final int LONGEST_KEY = 64;

  /// What a try that failed counts for at least: an endpoint that refuses at once must not look
  /// fast.
  private static final long FAILURE_NANOS = 1_000_000_000;

  private static final byte[] NOTHING = {};

  private byte[] key = NOTHING;
  private boolean isNew;
  private int hash;
  private @Nullable EndpointLoad load;
  private long since;

  /// Nothing chosen yet.
  public Choice() {}

  /// Forgets the last request.
  public void begin() {
    key = NOTHING;
    isNew = false;
    hash = 0;
    load = null;
  }

  /// The request goes by this hash.
  public void hash(int value) {
    hash = value;
  }

  int hash() {
    return hash;
  }

  /// The request has a cookie with this key; it is copied.
  ///
  /// @param isOwn whether the cookie is one of this upstream; otherwise the client gets one
  public void key(Slice of, boolean isOwn) {
    key = of.toBytes();
    hash = HashRing.hash(key, 0, key.length);
    isNew = !isOwn;
  }

  boolean hasKey() {
    return key.length > 0;
  }

  int find(EndpointKeys keys) {
    return keys.find(key, 0, key.length);
  }

  void newKey(byte[] made) {
    key = made;
    hash = HashRing.hash(made, 0, made.length);
    isNew = true;
  }

  void dropKey() {
    key = NOTHING;
    isNew = false;
  }

  boolean isNew() {
    return isNew;
  }

  /// The key that the client does not have yet; empty where there is nothing to tell. Not to be
  /// changed.
  public byte[] newKey() {
    return isNew ? key : NOTHING;
  }

  /// A try begins at an endpoint whose requests are counted; that before it failed.
  public void begin(@Nullable EndpointLoad at, long now) {
    failed(now);
    load = at;
    since = now;
    if (at != null) {
      at.begin();
    }
  }

  /// The last try is over: the endpoint's answer began after so many nanoseconds.
  public void answered(long nanos, long now) {
    EndpointLoad of = end();
    if (of != null) {
      of.observe(nanos, now);
    }
  }

  /// The last try is over, and the endpoint did not do its part.
  public void failed(long now) {
    EndpointLoad of = end();
    if (of != null) {
      of.observe(Math.max(FAILURE_NANOS, now - since), now);
    }
  }

  /// The last try is over, for a reason that is not the endpoint's.
  public void left() {
    end();
  }

  private @Nullable EndpointLoad end() {
    EndpointLoad of = load;
    if (of != null) {
      load = null;
      of.end();
    }
    return of;
  }

  @Override
  public String toString() {
    return Arrays.toString(key);
  }
}
