package dev.lintel.proxy.upstream;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Timer;
import java.util.ArrayList;
import java.util.List;

/// Those of one loop that wait for the first endpoints of one upstream.
final class EndpointWaits {
  /// Whoever comes later is not kept waiting: that is the size of a queue in which nobody fares
  /// well.
  static final int MOST = 1_024;

  private final Loop loop;
  private List<Wait> waits = new ArrayList<>();

  EndpointWaits(Loop loop) {
    this.loop = loop;
  }

  /// @return false where too many wait already
  boolean add(EndpointWaiter waiter, int millis) {
    if (waits.size() >= MOST) {
      return false;
    }
    Wait wait = new Wait(waiter);
    waits.add(wait);
    loop.timers().arm(wait, loop.nanos(), millis);
    return true;
  }

  /// It does not wait any more and is told nothing.
  @SuppressWarnings("ReferenceEquality") // one request is only itself
  void remove(EndpointWaiter waiter) {
    for (int i = 0; i < waits.size(); i++) {
      Wait wait = waits.get(i);
      if (wait.waiter == waiter) {
        loop.timers().remove(wait);
        waits.remove(i);
        return;
      }
    }
  }

  /// Tells all of them.
  void end() {
    List<Wait> ended = waits;
    waits = new ArrayList<>();
    for (int i = 0; i < ended.size(); i++) {
      loop.timers().remove(ended.get(i));
    }
    for (int i = 0; i < ended.size(); i++) {
      ended.get(i).tell();
    }
  }

  private final class Wait extends Timer {
    private final EndpointWaiter waiter;

    Wait(EndpointWaiter waiter) {
      this.waiter = waiter;
    }

    private void tell() {
      waiter.onEndpoints();
    }

    @Override
    protected void onTimeout() {
      waits.remove(this);
      tell();
    }
  }
}
