package dev.lintel.corpus;

import dev.lintel.corpus.cases.CaseReader;
import dev.lintel.corpus.cases.CorpusCase;
import dev.lintel.corpus.cases.CorpusCase.Field;
import dev.lintel.corpus.client.Answer;
import dev.lintel.corpus.client.Handshake;
import dev.lintel.corpus.client.Http2Client;
import dev.lintel.corpus.client.Http3Client;
import dev.lintel.corpus.client.PlainClient;
import dev.lintel.corpus.client.PlainClient.End;
import dev.lintel.corpus.client.Tls;
import dev.lintel.corpus.fixture.Fixture;
import dev.lintel.corpus.fixture.MemoryWatch;
import dev.lintel.corpus.fixture.Script;
import dev.lintel.corpus.fixture.Seen;
import dev.lintel.corpus.report.Result;
import dev.lintel.corpus.script.Http2Player;
import dev.lintel.corpus.script.Http2Steps;
import dev.lintel.corpus.script.TlsPlayer;
import dev.lintel.corpus.script.TlsSteps;
import dev.lintel.corpus.script.UnknownStep;
import dev.lintel.corpus.verdict.Outcome;
import dev.lintel.corpus.verdict.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs one case on a fixture: good requests, the case, good requests, the verdict.
final class CaseRun {
  private static final int ANSWER_MILLIS = 8_000;
  private static final int SLOW_MILLIS = 80_000;
  private static final int SCRIPT_MILLIS = 60_000;
  private static final int QUIET_MILLIS = 150;
  private static final int END_MILLIS = 3_000;
  private static final String ANY = "GET /g HTTP/1.1\r\nHost: a.test\r\n\r\n";

  private final Fixture fixture;
  private final CorpusCase what;
  private final Verdict verdict;
  private final long patience;
  private String sent = "";
  private String received = "";
  private List<Answer> answers = List.of();
  private List<Handshake> handshakes = List.of();
  private List<Integer> resets = List.of();
  private @Nullable Integer goAway;
  private End end = End.OPEN;
  private boolean alive;

  private CaseRun(Fixture fixture, CorpusCase what, Verdict verdict) {
    this.fixture = fixture;
    this.what = what;
    this.verdict = verdict;
    this.patience = Verdict.isSlow(what.expect()) ? SLOW_MILLIS : ANSWER_MILLIS;
  }

  /// Runs it, and judges.
  static Result run(Fixture fixture, CorpusCase what) throws InterruptedException {
    Verdict verdict = Verdict.of(what.expect());
    if (!fixture.setting().isUnderstood()) {
      return Result.failed(what, "the setting \"" + what.config() + "\" is not understood");
    }
    if (verdict == null) {
      return Result.failed(what, "the verdict is not known");
    }
    try {
      return new CaseRun(fixture, what, verdict).run();
    } catch (UnknownStep e) {
      return Result.failed(what, "unknown step: " + e.getMessage());
    } catch (IOException e) {
      return Result.failed(what, e.toString());
    }
  }

  private Result run() throws IOException, InterruptedException {
    String before = fixture.goodRequests();
    if (before != null) {
      return Result.failed(what, "before the case " + before);
    }
    Script script =
        what.kind() == CorpusCase.Kind.UPSTREAM_RESPONSE
            ? Script.of(what.raw())
            : Verdict.isOfUpgrades(what.expect()) ? Script.SWITCHING : Script.ORDINARY;
    fixture.recording().begin(script);
    long grown = 0;
    if (Verdict.isOfMemory(what.expect())) {
      try (MemoryWatch memory = MemoryWatch.begin(fixture.product())) {
        play();
        grown = memory.grown();
      }
    } else {
      play();
    }
    List<Seen> seen = settled();
    fixture.recording().begin(Script.ORDINARY);
    String after = fixture.goodRequests();
    List<Seen> redone = fixture.recording().seen();
    Outcome outcome =
        new Outcome(
            what,
            sent,
            received,
            answers,
            end,
            resets,
            goAway,
            alive,
            seen,
            redone,
            handshakes,
            grown);
    String fault = verdict.fault(outcome);
    if (fault == null && after != null) {
      fault = "after the case " + after;
    }
    if (fault == null && !fixture.product().isAlive()) {
      fault = "the product is gone";
    }
    return fault == null ? Result.passed(what) : Result.failed(outcome, fault);
  }

  /// What the backends saw, once nothing of it goes on any more.
  private List<Seen> settled() throws InterruptedException {
    List<Seen> seen = fixture.recording().seen();
    for (Seen each : seen) {
      if (!each.awaitEnd(500)) {
        break;
      }
    }
    return seen;
  }

  private void play() throws IOException, InterruptedException {
    switch (what.kind()) {
      case H1 -> playBytes(what.raw());
      case UPSTREAM_RESPONSE -> playBytes(what.request() == null ? ANY : what.request());
      case H2 -> playFields();
      case H3 -> playFieldsOverHttp3();
      case H2_SCRIPT -> playSteps();
      case TLS_SCRIPT -> playTls();
    }
  }

  // ------------------------------------------------------------------ HTTP/1.1

  private void playBytes(String bytes) throws IOException, InterruptedException {
    sent = bytes;
    try (PlainClient client = PlainClient.connect(fixture.product().httpPort())) {
      client.send(bytes);
      String then = what.then();
      if (then != null && !Verdict.isOfUpgrades(what.expect())) {
        client.awaitAny(patience);
        sent += then;
        client.send(then);
      } else if (then != null) {
        sent += then;
        client.send(then);
      }
      client.awaitAnswers(awaited(), patience);
      // Where more may come, or the end, it comes at once.
      if (mayEnd(client)) {
        client.awaitEnd(END_MILLIS);
      } else {
        client.awaitQuiet(QUIET_MILLIS);
      }
      keep(client);
    }
  }

  private int awaited() {
    Integer count = what.upstream().count();
    return Math.max(1, count == null ? 1 : count);
  }

  private static boolean mayEnd(PlainClient client) {
    return client.answers().stream()
        .anyMatch(
            a ->
                a.status() >= 400
                    || String.join(",", a.values("connection")).equalsIgnoreCase("close"));
  }

  private void keep(PlainClient client) {
    received = client.received();
    answers = client.answers();
    end = client.end();
  }

  // ------------------------------------------------------------------ HTTP/2

  private void playFields() throws IOException, InterruptedException {
    List<Field> fields = CaseReader.fields(what.raw());
    sent = fields + " " + what.data() + " " + what.trailers();
    int port = fixture.product().httpsPort();
    try (Http2Client client = new Http2Client(Tls.connect(port, "a.test", "h2"))) {
      client.begin();
      boolean bare = what.data().isEmpty() && what.trailers().isEmpty();
      client.send(
          Http2Client.HEADERS,
          Http2Client.END_HEADERS | (bare ? Http2Client.END_STREAM : 0),
          1,
          Http2Client.fields(fields));
      for (int i = 0; i < what.data().size(); i++) {
        boolean last = what.trailers().isEmpty() && i == what.data().size() - 1;
        client.send(
            Http2Client.DATA,
            last ? Http2Client.END_STREAM : 0,
            1,
            what.data().get(i).getBytes(StandardCharsets.ISO_8859_1));
      }
      if (!what.trailers().isEmpty()) {
        client.send(
            Http2Client.HEADERS,
            Http2Client.END_HEADERS | Http2Client.END_STREAM,
            1,
            Http2Client.fields(what.trailers()));
      }
      client.awaitStream(1, patience);
      keep(client);
    }
  }

  private void playFieldsOverHttp3() throws IOException, InterruptedException {
    List<Field> fields = CaseReader.fields(what.raw());
    sent = fields + " " + what.data() + " " + what.trailers();
    try (Http3Client client = Http3Client.connect(fixture.product().httpsPort(), "a.test")) {
      client.send(fields, what.data(), what.trailers());
      client.await(patience);
      answers = client.answers();
      resets = client.resets();
      goAway = client.closed();
      alive = client.isAlive(END_MILLIS);
      end = client.end();
    }
  }

  private void playSteps() throws IOException, InterruptedException {
    sent = what.raw();
    Http2Steps steps = Http2Steps.parse(what.raw());
    try (Http2Client client = Http2Client.plain(fixture.product().httpPort())) {
      new Http2Player(client, steps).play(Math.max(patience, SCRIPT_MILLIS));
      if (Verdict.isSlow(what.expect())) {
        client.awaitForce(patience);
      } else {
        client.awaitGoAway(Verdict.isOfForce(what.expect()) ? patience : END_MILLIS);
      }
      if (client.goAway() != null || Verdict.isSlow(what.expect())) {
        client.awaitEnd(END_MILLIS);
      }
      keep(client);
    }
  }

  private void playTls() throws IOException, InterruptedException {
    sent = what.raw();
    TlsPlayer player = new TlsPlayer(fixture.product().httpsPort(), fixture.clients());
    player.play(TlsSteps.parse(what.raw()), patience);
    handshakes = player.handshakes();
    received = player.received();
    answers = player.answers();
    end = player.end();
  }

  private void keep(Http2Client client) throws InterruptedException {
    alive = client.end() == End.OPEN && client.isAlive(END_MILLIS);
    received = client.log();
    answers = client.answers();
    resets = client.resets();
    goAway = client.goAway();
    end = client.end();
  }
}
