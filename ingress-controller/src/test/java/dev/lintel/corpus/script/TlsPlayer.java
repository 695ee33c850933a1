package dev.lintel.corpus.script;

import dev.lintel.corpus.cases.CorpusCase.Field;
import dev.lintel.corpus.client.Answer;
import dev.lintel.corpus.client.Handshake;
import dev.lintel.corpus.client.Http2Client;
import dev.lintel.corpus.client.PlainClient;
import dev.lintel.corpus.client.PlainClient.End;
import dev.lintel.corpus.client.RawHello;
import dev.lintel.corpus.client.Tls;
import dev.lintel.corpus.fixture.Clients;
import dev.lintel.corpus.fixture.Route;
import dev.lintel.corpus.script.TlsSteps.Certified;
import dev.lintel.corpus.script.TlsSteps.Connection;
import dev.lintel.corpus.script.TlsSteps.EarlyData;
import dev.lintel.corpus.script.TlsSteps.Hellos;
import dev.lintel.corpus.script.TlsSteps.KeyUpdates;
import dev.lintel.corpus.script.TlsSteps.Obtain;
import dev.lintel.corpus.script.TlsSteps.Offer;
import dev.lintel.corpus.script.TlsSteps.Request;
import dev.lintel.corpus.script.TlsSteps.Step;
import dev.lintel.corpus.script.TlsSteps.Trust;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;

/// Takes the steps of a script of TLS, and keeps what came of them.
public final class TlsPlayer {
  private static final int QUIET_MILLIS = 300;
  private static final int ANSWER_MILLIS = 8_000;
  private static final long CHANGE_NANOS = 10_000_000_000L;

  private final int port;
  private final Clients clients;
  private final List<Handshake> handshakes = new ArrayList<>();
  private final List<Answer> answers = new ArrayList<>();
  private final StringBuilder received = new StringBuilder();
  private End end = End.OPEN;

  /// @param port of the product for TLS
  /// @param clients whom the product takes
  public TlsPlayer(int port, Clients clients) {
    this.port = port;
    this.clients = clients;
  }

  /// Takes them.
  ///
  /// @param millis how long an end is waited for
  public void play(TlsSteps steps, long millis) throws IOException, InterruptedException {
    switch (steps.steps().getFirst()) {
      case Hellos hellos -> {
        for (byte[] hello : hellos.bytes()) {
          greet(hello, millis);
        }
      }
      case Connection(String name, boolean http2) -> {
        List<Request> requests = new ArrayList<>();
        for (Step step : steps.steps()) {
          if (step instanceof Request request) {
            requests.add(request);
          }
        }
        if (http2) {
          askOverHttp2(name, requests);
        } else {
          ask(name, requests);
        }
      }
      case Certified(String alternative) -> get(new Tls(clients.named(alternative)), Route.MUTUAL);
      case Obtain _, Trust _, Offer _, EarlyData _ -> playSessions(steps);
      case KeyUpdates(int count) -> update(count, millis);
      case Request request -> throw new UnknownStep(request.toString());
    }
  }

  private void greet(byte[] hello, long millis) throws IOException, InterruptedException {
    try (PlainClient client = PlainClient.connect(port)) {
      client.send(new String(hello, StandardCharsets.ISO_8859_1));
      client.awaitBytes(millis);
      client.awaitQuiet(QUIET_MILLIS);
      handshakes.add(RawHello.read(client.received()));
      received.append(client.received());
      end = client.end();
    }
  }

  private void playSessions(TlsSteps steps) throws IOException, InterruptedException {
    SessionPlayer player = new SessionPlayer(port, clients, this::trustIssuer);
    player.play(steps);
    handshakes.addAll(player.handshakes());
    answers.addAll(player.answers());
    received.append(player.received());
    end = player.end();
  }

  /// Changes the bundle, and waits until a new client notices.
  private void trustIssuer(boolean trusted) throws IOException, InterruptedException {
    clients.trustIssuer(trusted);
    long deadline = System.nanoTime() + CHANGE_NANOS;
    while (statusOf(new Tls(clients.good())) != (trusted ? 200 : 400)) {
      if (System.nanoTime() > deadline) {
        throw new IOException("a change of the bundle has no effect");
      }
      Thread.sleep(20);
    }
  }

  private int statusOf(Tls client) throws IOException, InterruptedException {
    try (PlainClient plain = PlainClient.over(client.open(port, Route.MUTUAL, "http/1.1"))) {
      plain.send("GET /g HTTP/1.1\r\nHost: " + Route.MUTUAL + "\r\n\r\n");
      plain.awaitAnswers(1, ANSWER_MILLIS);
      return plain.answers().isEmpty() ? 0 : plain.answers().getLast().status();
    }
  }

  private void get(Tls client, String host) throws IOException, InterruptedException {
    try (PlainClient plain = PlainClient.over(client.open(port, host, "http/1.1"))) {
      handshakes.add(new Handshake(null, null, "http/1.1", false, Handshake.EarlyData.NONE));
      plain.send("GET /g HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
      plain.awaitAnswers(1, ANSWER_MILLIS);
      answers.addAll(plain.answers());
      received.append(plain.received());
      end = plain.end();
    }
  }

  private void update(int count, long millis) throws IOException, InterruptedException {
    SSLSocket socket = Tls.connect(port, "a.test", "http/1.1");
    try (PlainClient client = PlainClient.over(socket)) {
      try {
        for (int i = 0; i < count; i++) {
          socket.startHandshake(); // of TLS 1.3 that is an update, once the first one is over
        }
      } catch (IOException e) {
        received.append(e);
      }
      client.awaitEnd(millis);
      end = client.end();
    }
  }

  private void ask(String name, List<Request> requests) throws IOException, InterruptedException {
    try (PlainClient client = PlainClient.over(Tls.connect(port, name, "http/1.1"))) {
      for (int i = 0; i < requests.size(); i++) {
        Request request = requests.get(i);
        client.send(
            request.method()
                + " "
                + request.path()
                + " HTTP/1.1\r\nHost: "
                + request.host()
                + "\r\n\r\n");
        client.awaitAnswers(i + 1, ANSWER_MILLIS);
      }
      answers.addAll(client.answers());
      received.append(client.received());
      end = client.end();
    }
  }

  private void askOverHttp2(String name, List<Request> requests)
      throws IOException, InterruptedException {
    try (Http2Client client = new Http2Client(Tls.connect(port, name, "h2"))) {
      client.begin();
      for (int i = 0; i < requests.size(); i++) {
        Request request = requests.get(i);
        client.send(
            Http2Client.HEADERS,
            Http2Client.END_HEADERS | Http2Client.END_STREAM,
            2 * i + 1,
            Http2Client.fields(
                List.of(
                    new Field(":method", request.method()),
                    new Field(":scheme", "https"),
                    new Field(":path", request.path()),
                    new Field(":authority", request.host()))));
        client.awaitStream(2 * i + 1, ANSWER_MILLIS);
      }
      answers.addAll(client.answers());
      received.append(client.log());
      end = client.end();
    }
  }

  public List<Handshake> handshakes() {
    return handshakes;
  }

  public List<Answer> answers() {
    return answers;
  }

  public String received() {
    return received.toString();
  }

  public End end() {
    return end;
  }
}
