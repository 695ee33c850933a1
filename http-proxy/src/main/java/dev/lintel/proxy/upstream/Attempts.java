package dev.lintel.proxy.upstream;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.upstream.balance.Balancer;
import dev.lintel.proxy.upstream.balance.Choice;
import dev.lintel.proxy.upstream.guard.EndpointHealth;
import org.jspecify.annotations.Nullable;

/// The endpoints that one request was tried with. Reused for one request after another.
public final class Attempts {
  /// The first one and two extra ones.
  public static final int MOST = 3;

  /// How many more there may be where a connection was refused, or an upstream said that it did not
  /// look at the request, as one does that ends its connections after so many requests: several in
  /// a row may meet such an end.
  public static final int MOST_EXCUSED = 5;

  private static final int SLOTS = MOST + MOST_EXCUSED;

  private final @Nullable Endpoint[] tried = new @Nullable Endpoint[SLOTS];
  private final byte[][] texts = new byte[SLOTS][];
  private int count;
  private int excused;
  private int unready;
  private boolean repeatAllowed;
  private boolean oldAvoided;
  private boolean hurried;
  private boolean once;
  private @Nullable EndpointHealth health;
  private @Nullable Balancer balancer;
  private @Nullable Choice choice;

  /// None yet.
  public Attempts() {}

  /// Forgets all.
  public void clear() {
    for (int i = 0; i < count; i++) {
      tried[i] = null;
    }
    count = 0;
    excused = 0;
    unready = 0;
    repeatAllowed = false;
    oldAvoided = false;
    hurried = false;
    once = false;
    health = null;
    balancer = null;
  }

  /// Has all tries picked by `by` rather than in turn.
  ///
  /// @return what the request goes by, still empty
  public Choice choose(Balancer by) {
    Choice made = choice;
    if (made == null) {
      made = new Choice();
      choice = made;
    }
    made.begin();
    balancer = by;
    return made;
  }

  /// What the request goes by; null where its endpoint is picked in turn.
  public @Nullable Choice choice() {
    return balancer == null ? null : choice;
  }

  /// What picks; null for round robin.
  @Nullable Balancer balancer() {
    return balancer;
  }

  /// Whether the endpoint is not simply the one whose turn it is.
  boolean isConstrained() {
    return count > 0 || balancer != null;
  }

  /// The endpoint tried last.
  @Nullable Endpoint last() {
    return count == 0 ? null : tried[count - 1];
  }

  /// How many there were.
  public int count() {
    return count;
  }

  /// How many count towards their limit.
  public int charged() {
    return count - excused;
  }

  /// The last one was not looked at: it does not count, as long as there are few of its kind.
  public void excuse() {
    if (excused < MOST_EXCUSED) {
      excused++;
    }
  }

  /// The address of try `i`, as text.
  public byte[] text(int i) {
    return texts[i];
  }

  /// How many went to endpoints that were not ready.
  public int unready() {
    return unready;
  }

  /// Where no other endpoint is left, allows the same one once more.
  public void allowRepeat() {
    repeatAllowed = true;
  }

  /// The last try failed because of its old connection: the next one, at the same endpoint where no
  /// other is left, has one that is new.
  public void avoidOld() {
    repeatAllowed = true;
    oldAvoided = true;
  }

  boolean isOldAvoided() {
    return oldAvoided;
  }

  boolean isRepeatAllowed() {
    return repeatAllowed;
  }

  /// Whether the request must not be sent again once it was: it keeps away from connections whose
  /// end may be near.
  public void once(boolean isOnce) {
    once = isOnce;
  }

  /// Whether it must not.
  public boolean isOnce() {
    return once;
  }

  /// Whether the last try has less time than an endpoint usually gets.
  public void hurry(boolean isHurried) {
    hurried = isHurried;
  }

  /// The last try was answered to the end, with that status.
  public void answered(int status) {
    EndpointHealth of = health;
    if (of != null) {
      of.answered(status);
    }
  }

  /// The last try failed.
  ///
  /// @param lost its call, which is over
  public void failed(ProxyFailure failure, UpstreamCall lost) {
    EndpointHealth of = health;
    if (of != null && isBlamed(failure, lost)) {
      of.failed(failure.toString());
    }
  }

  /// Whether it is the endpoint that failed: not where it closed a connection that was idle, as it
  /// may, nor where it was given too little time.
  private boolean isBlamed(ProxyFailure failure, UpstreamCall lost) {
    return switch (failure.kind()) {
      case CONNECT_FAILED, UPSTREAM_TLS, UPSTREAM_SEND_TIMEOUT, BAD_RESPONSE, RESPONSE_CUT -> true;
      case CONNECT_TIMEOUT, UPSTREAM_READ_TIMEOUT -> !hurried;
      case UPSTREAM_CLOSED -> !lost.isReused() || lost.hasResponseBytes();
      default -> false;
    };
  }

  void add(EndpointPool chosen, boolean notReady) {
    health = chosen.health;
    tried[count] = chosen.endpoint;
    texts[count++] = chosen.text;
    unready += notReady ? 1 : 0;
    repeatAllowed = false;
    oldAvoided = false;
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
