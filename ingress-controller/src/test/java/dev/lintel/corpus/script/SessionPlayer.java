package dev.lintel.corpus.script;

import dev.lintel.corpus.client.Answer;
import dev.lintel.corpus.client.HandmadeTls;
import dev.lintel.corpus.client.Handshake;
import dev.lintel.corpus.client.Handshake.EarlyData;
import dev.lintel.corpus.client.PlainClient;
import dev.lintel.corpus.client.PlainClient.End;
import dev.lintel.corpus.client.TlsSession;
import dev.lintel.corpus.fixture.Clients;
import dev.lintel.corpus.script.TlsSteps.Obtain;
import dev.lintel.corpus.script.TlsSteps.Offer;
import dev.lintel.corpus.script.TlsSteps.Step;
import dev.lintel.corpus.script.TlsSteps.Trust;
import dev.lintel.tls.TestAuthority.Issued;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes steps about sessions, one after the other, and keeps what came of each offer.
public final class SessionPlayer {
  private static final int ANSWER_MILLIS = 8_000;

  /// For a host that nobody serves: the product answers by itself, and what it has for the client
  /// comes with that, which may be the session.
  private static final byte[] ANYTHING =
      "GET / HTTP/1.1\r\nHost: nowhere.test\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /// Changes whom the product trusts, and returns when it has noticed.
  @FunctionalInterface
  interface TrustChange {
    void apply(boolean trusted) throws IOException, InterruptedException;
  }

  private final int port;
  private final @Nullable Clients clients;
  private final TrustChange trust;
  private final List<Handshake> handshakes = new ArrayList<>();
  private final List<Answer> answers = new ArrayList<>();
  private final StringBuilder received = new StringBuilder();
  private @Nullable Issued certificate;
  private @Nullable TlsSession session;
  private End end = End.OPEN;

  /// @param clients whom the product takes; null where no step has a certificate
  SessionPlayer(int port, @Nullable Clients clients, TrustChange trust) {
    this.port = port;
    this.clients = clients;
    this.trust = trust;
  }

  /// One for a server that asks nobody for a certificate.
  public static SessionPlayer of(int port) {
    return new SessionPlayer(port, null, _ -> {});
  }

  /// Takes them. Whom the product trusts is as before in the end.
  public void play(TlsSteps steps) throws IOException, InterruptedException {
    boolean trusted = true;
    try {
      for (Step step : steps.steps()) {
        switch (step) {
          case Obtain(String name, boolean certified) -> {
            certificate = certified ? good() : null;
            obtain(name);
          }
          case Trust change -> {
            trusted = change.trusted();
            trust.apply(trusted);
          }
          case Offer(String name, boolean certified) -> {
            if (certified && certificate == null) {
              certificate = good();
            }
            offer(name);
          }
          case TlsSteps.EarlyData early -> sendEarly(early);
          default -> throw new UnknownStep(step.toString());
        }
      }
    } finally {
      if (!trusted) {
        trust.apply(true);
      }
    }
  }

  private Issued good() {
    if (clients == null) {
      throw new UnknownStep("a client certificate");
    }
    return clients.good();
  }

  /// That the session can be resumed at all is shown first, where it was made.
  private TlsSession obtain(String name) throws IOException {
    TlsSession first;
    try (HandmadeTls client = HandmadeTls.open(port, name, certificate, null, "")) {
      first = sessionOf(client);
    }
    try (HandmadeTls client = HandmadeTls.open(port, name, certificate, first, "")) {
      if (!client.handshake().resumed()) {
        throw new IOException("no session of " + name + " that can be resumed");
      }
      TlsSession again = sessionOf(client);
      session = again;
      return again;
    }
  }

  private static TlsSession sessionOf(HandmadeTls client) throws IOException {
    client.out().write(ANYTHING);
    return client.awaitSession();
  }

  private TlsSession obtained() {
    if (session == null) {
      throw new UnknownStep("an offer of a session before there is one");
    }
    return session;
  }

  private void offer(String name) throws IOException, InterruptedException {
    try (HandmadeTls tls = HandmadeTls.open(port, name, certificate, obtained(), "")) {
      keep(tls, "GET /g HTTP/1.1\r\nHost: " + name + "\r\n\r\n");
    }
  }

  /// As clients do it who find that early data was not taken: they send it again.
  private void sendEarly(TlsSteps.EarlyData early) throws IOException, InterruptedException {
    TlsSession offered = session == null ? obtain(early.name()) : session;
    String request = early.request();
    try (HandmadeTls tls = HandmadeTls.open(port, early.name(), certificate, offered, request)) {
      keep(tls, tls.handshake().earlyData() == EarlyData.TAKEN ? "" : request);
    }
  }

  private void keep(HandmadeTls tls, String request) throws IOException, InterruptedException {
    Handshake handshake = tls.handshake();
    handshakes.add(handshake);
    try (PlainClient client = PlainClient.over(tls)) {
      client.send(request);
      client.awaitAnswers(1, ANSWER_MILLIS);
      answers.addAll(client.answers());
      received.append(handshake.resumed() ? "[resumed] " : "[full] ").append(client.received());
      end = client.end();
    }
  }

  /// Of each offer.
  public List<Handshake> handshakes() {
    return handshakes;
  }

  List<Answer> answers() {
    return answers;
  }

  String received() {
    return received.toString();
  }

  End end() {
    return end;
  }
}
