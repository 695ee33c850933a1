package dev.lintel.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// A client that sends each request exactly once, whatever becomes of it, with an id by which
/// backends know it.
interface Caller extends AutoCloseable {
  /// Sends a request and waits for what comes of it; a POST has a small body.
  Outcome call(String method, String id) throws IOException;

  @Override
  void close() throws IOException;

  /// Over HTTP/`version`.
  static Caller over(int version, int port) {
    return version == 2 ? new OverHttp2(port) : new OverHttp1(port);
  }

  /// One request after another over HTTP/1.1; a new connection where the last one is over.
  final class OverHttp1 implements Caller {
    private final int port;
    private TestClient client;

    OverHttp1(int port) {
      this.port = port;
    }

    @Override
    public Outcome call(String method, String id) throws IOException {
      if (client == null) {
        client = new TestClient(port);
      }
      boolean post = method.equals("POST");
      client.send(
          (method + " / HTTP/1.1\r\nHost: a.test\r\nX-Request-ID: " + id)
              + (post ? "\r\nContent-Length: 4\r\n\r\nbody" : "\r\n\r\n"));
      try {
        TestClient.Response response = client.read();
        String length = response.field("content-length");
        boolean whole = length == null || response.body().length == Integer.parseInt(length);
        if (!whole || response.has("connection: close")) {
          close();
        }
        return new Outcome(response.status(), response.text(), whole);
      } catch (IOException _) {
        close();
        return Outcome.NONE;
      }
    }

    @Override
    public void close() throws IOException {
      if (client != null) {
        client.close();
        client = null;
      }
    }
  }

  /// One stream after another over HTTP/2 with prior knowledge.
  final class OverHttp2 implements Caller {
    private static final int LAST_STREAM = 8_001;

    private final int port;
    private RawH2 client;
    private int stream;

    OverHttp2(int port) {
      this.port = port;
    }

    @Override
    public Outcome call(String method, String id) throws IOException {
      if (client == null) {
        client = new RawH2(port);
        stream = -1;
      }
      stream += 2;
      if (method.equals("POST")) {
        client.headers(stream, false, RawH2.post("/", "x-request-id", id));
        client.send(
            RawH2.DATA, RawH2.END_STREAM, stream, "body".getBytes(StandardCharsets.US_ASCII));
      } else {
        client.headers(stream, true, RawH2.get("/", "x-request-id", id));
      }
      Outcome outcome = read();
      if (stream >= LAST_STREAM) {
        close();
      }
      return outcome;
    }

    private Outcome read() throws IOException {
      int status = 0;
      int length = -1;
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      while (true) {
        RawH2.Frame frame = client.read();
        if (frame == null) {
          close();
          return new Outcome(status, body.toString(StandardCharsets.ISO_8859_1), false);
        }
        if (frame.stream() != stream) {
          continue;
        }
        if (frame.type() == RawH2.RST_STREAM) {
          return new Outcome(status, body.toString(StandardCharsets.ISO_8859_1), false);
        }
        if (frame.type() == RawH2.HEADERS && status == 0) {
          status = Integer.parseInt(frame.headers().status().toString());
          length = frame.headers().getInt("content-length", -1);
        } else if (frame.type() == RawH2.DATA) {
          body.writeBytes(frame.payload());
          if (frame.payload().length > 0) {
            client.window(0, frame.payload().length);
          }
        }
        if (frame.isLast() && frame.type() <= RawH2.HEADERS) {
          return new Outcome(
              status,
              body.toString(StandardCharsets.ISO_8859_1),
              length < 0 || length == body.size());
        }
      }
    }

    @Override
    public void close() throws IOException {
      if (client != null) {
        client.close();
        client = null;
      }
    }
  }
}
