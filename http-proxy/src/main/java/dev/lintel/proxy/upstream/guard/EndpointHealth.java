package dev.lintel.proxy.upstream.guard;

import io.netty.util.NetUtil;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// What is known of one endpoint of one upstream. It outlives configurations and other sets of
/// endpoints, until the endpoint itself is gone.
///
/// Loops tell it what became of each try: one that was answered reads one field and, as a rule,
/// writes nothing. The rest belongs to [UpstreamHealth].
public final class EndpointHealth {
  private static final VarHandle FAILURES;
  private static final int SERVER_ERROR = 500;

  static {
    try {
      FAILURES = MethodHandles.lookup().findVarHandle(EndpointHealth.class, "failures", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final InetSocketAddress address;
  private final int most;
  private final boolean countsServerErrors;
  private final Consumer<EndpointHealth> onFailures;
  private final AtomicBoolean suspected = new AtomicBoolean();

  /// In a row, over all loops; [#most] at the most. Loops need no order among their writes: one
  /// that is lost is one of many.
  @SuppressWarnings("UnusedVariable") // by its handle
  private int failures;

  private volatile String cause = "";

  // What follows is read and written under the lock of the upstream.
  boolean ejected;
  int ejections;
  long until;
  long readmitted;
  boolean unwell;
  int checksAgainst;

  /// @param most failures in a row after which `onFailures` is told, on the loop that saw the last
  ///   one, and then not again until [#acquit]; 0 for never
  EndpointHealth(
      InetSocketAddress address,
      int most,
      boolean countsServerErrors,
      Consumer<EndpointHealth> onFailures) {
    this.address = address;
    this.most = most;
    this.countsServerErrors = countsServerErrors;
    this.onFailures = onFailures;
  }

  /// Where it is.
  public InetSocketAddress address() {
    return address;
  }

  /// Its address as text.
  public String name() {
    return NetUtil.toSocketAddressString(address);
  }

  /// It answered a request to the end, with that status.
  public void answered(int status) {
    if (status >= SERVER_ERROR && countsServerErrors) {
      failed("server-error");
    } else if ((int) FAILURES.getOpaque(this) != 0) {
      FAILURES.setOpaque(this, 0);
    }
  }

  /// It failed a request.
  ///
  /// @param why in one word
  public void failed(String why) {
    if (most == 0) {
      return;
    }
    int seen = (int) FAILURES.getOpaque(this);
    if (seen < most) {
      seen = (int) FAILURES.getAndAdd(this, 1) + 1;
    }
    if (seen >= most && !suspected.get() && suspected.compareAndSet(false, true)) {
      cause = why;
      onFailures.accept(this);
    }
  }

  /// Whether as many requests in a row failed as eject it.
  public boolean isFailing() {
    return most > 0 && (int) FAILURES.getOpaque(this) >= most;
  }

  /// Nothing speaks against it any more: from here on it is told again when it fails.
  public void acquit() {
    suspected.set(false);
  }

  /// It is used again, and ejected again by the first failure, unless an answer comes before.
  void onProbation() {
    FAILURES.setOpaque(this, most - 1);
    suspected.set(false);
  }

  /// What failed last when it was suspected.
  String cause() {
    return cause;
  }

  /// Whether it is ejected, under the lock of the upstream.
  public boolean isEjected() {
    return ejected;
  }

  /// How long it is still ejected, in milliseconds; 0 where it is not.
  ///
  /// @param now a time of [System#nanoTime], under the lock of the upstream
  public long leftMillis(long now) {
    return ejected ? Math.max(0, (until - now) / 1_000_000) : 0;
  }

  /// Takes over what is known of the same endpoint under other settings.
  void inherit(EndpointHealth before, boolean ejects, boolean isChecked) {
    if (ejects) {
      ejected = before.ejected;
      ejections = before.ejections;
      until = before.until;
      readmitted = before.readmitted;
      cause = before.cause;
      suspected.set(ejected);
    }
    if (isChecked) {
      unwell = before.unwell;
    }
  }
}
