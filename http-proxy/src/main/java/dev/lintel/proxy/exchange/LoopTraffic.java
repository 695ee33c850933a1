package dev.lintel.proxy.exchange;

import dev.lintel.proxy.body.Encoders;
import dev.lintel.proxy.body.Spool;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.TargetForms;
import dev.lintel.proxy.observe.AccessLog;
import dev.lintel.proxy.observe.KeyWriter;
import dev.lintel.proxy.observe.LogFormat;
import dev.lintel.proxy.observe.LoopLog;
import dev.lintel.proxy.observe.MetricShard;
import dev.lintel.proxy.observe.Metrics;
import dev.lintel.proxy.overload.Stage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the exchanges of one loop share: where they are logged and counted, and how many there are.
/// Used on that loop only.
public final class LoopTraffic {
  /// Responses given up at a time, before it is looked again whether that was enough.
  private static final int MOST_GIVEN_UP = 50;

  /// All responses of a loop together may hold so much for slow clients.
  private static final long MOST_HELD = 16 * 1024 * 1024;

  private final Loop loop;
  private final AccessLog log;
  private final LoopLog loopLog;
  private final MetricShard counts;
  private final ResponseHead own = new ResponseHead();
  private final TargetForms forms = new TargetForms();
  private final Set<LongLived> longLived = new HashSet<>();
  private @Nullable KeyWriter keyWriter;
  private final Spool spool;
  private final Encoders encoders = new Encoders();
  private long held;
  private int inFlight;
  private int tunnels;
  private int deliveries;
  private boolean reuseDiscouraged;
  private boolean http3Offered;
  private Stage stage = Stage.CALM;

  /// Nothing in flight yet.
  public LoopTraffic(Loop loop, AccessLog log, Metrics metrics) {
    this(loop, log, metrics, Spool.usual());
  }

  /// The same with a place for long bodies that are read whole.
  public LoopTraffic(Loop loop, AccessLog log, Metrics metrics, Spool spool) {
    this.spool = spool;
    this.loop = loop;
    this.log = log;
    this.loopLog = log.newLoop();
    this.counts = metrics.newShard();
  }

  /// The loop.
  public Loop loop() {
    return loop;
  }

  /// How many exchanges have begun and not ended.
  public int inFlight() {
    return inFlight;
  }

  /// How many of them are tunnels, which end last.
  public int tunnels() {
    return tunnels;
  }

  /// How many connections wait until their client has what was sent, though no request is in
  /// flight: those whose end would lose it.
  public int deliveries() {
    return deliveries;
  }

  /// One more connection waits so.
  public void delivers() {
    deliveries++;
  }

  /// One of them has ended.
  public void delivered() {
    deliveries--;
  }

  /// Whether clients are to be told to open new connections.
  public boolean isReuseDiscouraged() {
    return reuseDiscouraged || stage.compareTo(Stage.CLOSING) >= 0;
  }

  /// Whether new requests are refused, for there is too little of something.
  public boolean isRefusing() {
    return stage.compareTo(Stage.REFUSING) >= 0;
  }

  /// Whether also those clients must be fast that may be slow otherwise.
  boolean isHurried() {
    return stage != Stage.CALM;
  }

  /// How long a connection may be idle now.
  ///
  /// @param configured how long it may be at best, in milliseconds
  public int idleMillis(int configured) {
    return stage == Stage.CALM ? configured : Math.min(configured, Stage.HURRIED_IDLE_MILLIS);
  }

  /// The proxy has come to that stage of overload, or is still there.
  public void stage(Stage next) {
    Stage before = stage;
    stage = next;
    if (before == Stage.CALM && next != Stage.CALM) {
      loop.timers().hasten(System.nanoTime(), Stage.HURRIED_IDLE_MILLIS);
    }
    if (before.compareTo(Stage.CLOSING) < 0 && next.compareTo(Stage.CLOSING) >= 0) {
      List.copyOf(longLived).forEach(LongLived::discourageReuse);
    }
    if (next == Stage.SHEDDING) {
      loop.timers().giveUp(MOST_GIVEN_UP);
    }
  }

  /// Whether the proxy answers HTTP/3 as well, on the port of HTTPS.
  boolean isHttp3Offered() {
    return http3Offered && !isReuseDiscouraged();
  }

  /// From here on it does, or does not.
  public void offerHttp3(boolean offered) {
    http3Offered = offered;
  }

  /// From here on they are.
  public void discourageReuse() {
    reuseDiscouraged = true;
    for (LongLived each : List.copyOf(longLived)) {
      each.discourageReuse();
    }
  }

  /// Has a connection told when the proxy wants to end.
  public void add(LongLived connection) {
    longLived.add(connection);
  }

  /// The connection has ended.
  public void remove(LongLived connection) {
    longLived.remove(connection);
  }

  /// A connection is passed on that is no exchange; waited for as if it was one.
  public void sessionBegun(LongLived session) {
    inFlight++;
    longLived.add(session);
  }

  /// It has ended.
  public void sessionEnded(LongLived session) {
    inFlight--;
    longLived.remove(session);
  }

  /// Ends what would not end by itself.
  public void closeForShutdown() {
    for (LongLived each : List.copyOf(longLived)) {
      each.closeForShutdown();
    }
  }

  /// Checks paths that filters put together.
  TargetForms targetForms() {
    return forms;
  }

  /// Writes what requests are hashed by.
  KeyWriter keyWriter() {
    KeyWriter made = keyWriter;
    if (made == null) {
      made = new KeyWriter();
      keyWriter = made;
    }
    return made;
  }

  /// Compresses bodies.
  Encoders encoders() {
    return encoders;
  }

  /// Where bodies lie that are too long for memory.
  Spool spool() {
    return spool;
  }

  /// So many bytes more, or fewer, wait for clients that do not take them.
  void held(long more) {
    held += more;
  }

  /// Whether a response may hold as much as its route allows.
  boolean mayHold() {
    return held < MOST_HELD;
  }

  /// The head of an answer made here; used within one callback.
  ResponseHead ownHead() {
    return own;
  }

  /// What the loop counts.
  public MetricShard counts() {
    return counts;
  }

  /// How requests that begin now are logged.
  LogFormat logFormat() {
    return log.format();
  }

  void begun() {
    counts.onRequestBegun();
    inFlight++;
  }

  void becameTunnel() {
    tunnels++;
  }

  void ended(Account account, boolean tunnel, boolean logged) {
    inFlight--;
    if (tunnel) {
      tunnels--;
    }
    counts.onRequestEnded(account);
    if (logged) {
      loopLog.write(account.format(), account);
    }
  }
}
