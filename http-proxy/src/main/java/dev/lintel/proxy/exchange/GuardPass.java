package dev.lintel.proxy.exchange;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.upstream.guard.Guard;
import org.jspecify.annotations.Nullable;

/// The permit of one request at its upstream's guard: taken once, given back once, with what is to
/// be said of the upstream.
final class GuardPass {
  private @Nullable Guard guard;
  private long since;

  /// Asks for the permit; not null where it is refused.
  @Nullable ProxyFailure enter(Guard of, long now) {
    ProxyFailure refused = of.enter();
    if (refused == null) {
      guard = of;
      since = now;
    }
    return refused;
  }

  /// The upstream answered to the end.
  void answered(long now) {
    Guard entered = guard;
    if (entered != null) {
      guard = null;
      entered.onSuccess(now - since);
    }
  }

  /// The upstream failed.
  void failed(long now) {
    Guard entered = guard;
    if (entered != null) {
      guard = null;
      entered.onFailure(now - since);
    }
  }

  /// The request ended for a reason that is not the upstream's.
  void leave() {
    Guard entered = guard;
    if (entered != null) {
      guard = null;
      entered.exit();
    }
  }
}
