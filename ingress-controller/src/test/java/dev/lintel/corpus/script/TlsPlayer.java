package dev.lintel.corpus.script;

import dev.lintel.corpus.cases.CorpusCase.Field;
import dev.lintel.corpus.client.Answer;
import dev.lintel.corpus.client.Handshake;
import dev.lintel.corpus.client.Http2Client;
import dev.lintel.corpus.client.PlainClient;
import dev.lintel.corpus.client.PlainClient.End;
import dev.lintel.corpus.client.RawHello;
import dev.lintel.corpus.client.Tls;
import dev.lintel.corpus.script.TlsSteps.Connection;
import dev.lintel.corpus.script.TlsSteps.Hellos;
import dev.lintel.corpus.script.TlsSteps.Request;
import dev.lintel.corpus.script.TlsSteps.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Takes the steps of a script of TLS, and keeps what came of them.
public final class TlsPlayer {
  private static final int QUIET_MILLIS = 300;
  private static final int ANSWER_MILLIS = 8_000;

  private final int port;
  private final List<Handshake> handshakes = new ArrayList<>();
  private final List<Answer> answers = new ArrayList<>();
  private final StringBuilder received = new StringBuilder();
  private End end = End.OPEN;

  /// @param port of the product for TLS
  public TlsPlayer(int port) {
    this.port = port;
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
