package dev.lintel.proxy.fuzz;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Frames of HTTP/2 from a client, in any order: the input is a script of what the client does, and
/// what the proxy does with requests that wait. A strict client reads what comes back.
///
/// - Nothing is thrown, also nothing that the pipeline would swallow.
/// - Every request that nothing is wrong with comes to its route once, or is refused; in the end it
///   has its whole response, or was broken off.
/// - What waits in memory is no more than windows and answers allow; in the end nothing is left.
public final class FrameTarget {
  /// One of everything, so that what is made once is there.
  private static final byte[] FIRST = {
    0, 0, 0, 0, 2, 0, 2, 0, 0, 0, 0, 8, 3, 0, 9, 0, 0, 15, 1, 0, 0
  };

  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
  private static final int MOST_STEPS = 600;

  /// What a connection may keep for itself, and for each request that waits: what is held of its
  /// body, and its answer.
  private static final long MOST_KEPT = 1 << 20;

  private static final long MOST_KEPT_EACH = 160 * 1024;

  private final FrameStand stand = new FrameStand();
  private final FrameClient client = new FrameClient();
  private final FrameAnswers answers = new FrameAnswers();
  private final Set<Integer> handedOn = new HashSet<>();
  private int pathsSeen;
  private int plainSeen;
  private int step;
  private boolean takes = true;
  private int steps;

  static {
    try {
      fuzzerTestOneInput(FIRST);
    } catch (AssertionError _) {
      // buffers that are made once are not released
    }
  }

  private FrameTarget() {}

  /// Called by the fuzzer.
  public static void fuzzerTestOneInput(byte[] input) {
    FrameTarget target = new FrameTarget();
    try {
      target.run(new Script(input));
    } finally {
      target.stand.abandon();
    }
  }

  private void run(Script script) {
    stand.receive(PREFACE, 0);
    answers.settings(null, null, null);
    send(FrameClient.frame(4, 0, 0, new byte[0]));
    while (script.hasMore() && stand.isOpen() && steps++ < MOST_STEPS) {
      one(script, script.below(16));
    }
    Planted.at(answers.isStrict() && answers.inPieces() > 0 && stand.isOpen());
    if (answers.isStrict() && stand.isOpen()) {
      complete();
    }
    boolean closed = !stand.isOpen();
    check();
    client.end();
    stand.end();
    if (closed && !answers.isGoneAway()) {
      throw new AssertionError("closed without a GOAWAY");
    }
  }

  private void one(Script script, int what) {
    switch (what) {
      case 0, 1 -> send(client.request(script, answers));
      case 2 -> send(client.oddRequest(script, answers));
      case 3, 4 -> send(client.body(script));
      case 5 -> send(client.trailers(script, answers));
      case 6, 7 -> send(client.window(script, answers));
      case 8 -> send(client.settings(script, answers));
      case 9 -> send(client.reset(script));
      case 10 -> answer(script);
      case 11 -> send(client.control(script));
      case 12 -> writability(script);
      case 13 -> step = script.below(40);
      case 14 -> again(script);
      default -> any(script);
    }
  }

  private void send(byte[] frames) {
    stand.receive(frames, step);
    check();
  }

  private void answer(Script script) {
    int which = script.next();
    int kind = script.next();
    if (stand.held() > 0) {
      stand.answer(which, kind);
      check();
    }
  }

  private void writability(Script script) {
    switch (script.below(3)) {
      case 0 -> takes = !takes;
      case 1 -> stand.drain();
      default -> stand.passTime();
    }
    if (stand.isOpen()) {
      stand.writable(takes);
    }
    check();
  }

  /// The same step a number of times: budgets are not used up otherwise.
  private void again(Script script) {
    int times = script.next();
    int what = script.below(14);
    int from = script.position();
    for (int i = 0; i < times && stand.isOpen() && steps++ < MOST_STEPS; i++) {
      script.back(from);
      one(script, what);
    }
  }

  private void any(Script script) {
    answers.lenient();
    send(script.below(8) == 0 ? script.take(script.next()) : client.any(script));
  }

  /// Reads what came, and looks at what is kept.
  private void check() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] out = stand.sent(); out != null; out = stand.sent()) {
      all.writeBytes(out);
    }
    answers.read(all.toByteArray());
    long most = MOST_KEPT + MOST_KEPT_EACH * client.ids().size();
    if (stand.inUse() > most) {
      throw new AssertionError(stand.inUse() + " bytes are kept of " + client.ids().size());
    }
    if (answers.isStrict() && !answers.isGoneAway()) {
      handedOn();
    }
  }

  /// Looks at what came to the route since the last time, and at the requests sent since then.
  private void handedOn() {
    List<String> paths = stand.paths();
    for (; pathsSeen < paths.size(); pathsSeen++) {
      String path = paths.get(pathsSeen);
      Integer id = Integer.valueOf(path.substring(path.lastIndexOf('/') + 1));
      if (id >= client.nextId() || !handedOn.add(id)) {
        throw new AssertionError("came to its route twice, or of nobody: " + path);
      }
    }
    List<Integer> plain = client.plain();
    for (; plainSeen < plain.size(); plainSeen++) {
      Integer id = plain.get(plainSeen);
      if (handedOn.contains(id) == answers.isRefused(id)) {
        throw new AssertionError("handed on and refused, or neither: " + id);
      }
    }
  }

  /// Opens all windows and answers all requests: now none may be left without its response.
  private void complete() {
    stand.writable(true);
    while (stand.held() > 0 && stand.isOpen()) {
      stand.answer(0, 0);
    }
    step = 0;
    for (int round = 0; round < client.ids().size() && stand.isOpen(); round++) {
      int id = client.ids().get(round);
      if (!answers.isOver(id)) {
        answers.opened(0, 1 << 18);
        send(FrameClient.opened(0, 1 << 18));
        answers.opened(id, 1 << 17);
        send(FrameClient.opened(id, 1 << 17));
      }
    }
    check();
    if (answers.isGoneAway()) {
      return;
    }
    for (Integer id : client.plain()) {
      if (!answers.isOver(id) && !client.isTakenBack(id)) {
        throw new AssertionError("left without a response: " + id);
      }
    }
  }
}
