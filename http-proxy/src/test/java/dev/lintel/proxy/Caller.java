package dev.lintel.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;

/// A client that sends each request exactly once, whatever becomes of it, with an id by which
/// backends know it.
interface Caller extends AutoCloseable {
  /// Sends a request and waits for what comes of it; a POST has a small body.
  Outcome call(String method, String id) throws IOException;

  @Override
  void close() throws IOException;

  /// Makes a connection.
  interface Dialer {
    Socket dial() throws IOException;
  }

  /// Over HTTP/`version`.
  static Caller over(int version, int port) {
    return over(version, () -> new Socket(InetAddress.getLoopbackAddress(), port), 4);
  }

  /// The same with bodies of so many bytes.
  static Caller over(int version, Dialer dialer, int bodyBytes) {
    byte[] body = "body".repeat(bodyBytes / 4).getBytes(StandardCharsets.US_ASCII);
    return version == 2 ? new OverHttp2(dialer, body) : new OverHttp1(dialer, body);
  }

  /// One request after another over HTTP/1.1; a new connection where the last one is over.
  final class OverHttp1 implements Caller {
    private final Dialer dialer;
    private final byte[] body;
    private TestClient client;

    OverHttp1(Dialer dialer, byte[] body) {
      this.dialer = dialer;
      this.body = body;
    }

    @Override
    public Outcome call(String method, String id) throws IOException {
      if (client == null) {
        client = new TestClient(dialer.dial());
      }
      String head = method + " / HTTP/1.1\r\nHost: a.test\r\nX-Request-ID: " + id;
      try {
        if (method.equals("POST")) {
          client.send(head + "\r\nContent-Length: " + body.length + "\r\n\r\n");
          client.send(body);
        } else {
          client.send(head + "\r\n\r\n");
        }
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
    private static final int WINDOW = 65_535;
    private static final int MOST_BYTES = 16_384;
    private static final int INITIAL_WINDOW_SIZE = 4;

    private final Dialer dialer;
    private final byte[] body;
    private RawH2 client;
    private int stream;

    /// Frames of the stream that came while its body was sent.
    private final Queue<RawH2.Frame> early = new ArrayDeque<>();

    private int connectionWindow;
    private int streamWindow;
    private int firstWindow;

    OverHttp2(Dialer dialer, byte[] body) {
      this.dialer = dialer;
      this.body = body;
    }

    @Override
    public Outcome call(String method, String id) throws IOException {
      if (client == null) {
        client = new RawH2(dialer.dial(), new byte[0]);
        stream = -1;
        connectionWindow = WINDOW;
        firstWindow = WINDOW;
      }
      stream += 2;
      early.clear();
      streamWindow = firstWindow;
      if (method.equals("POST")) {
        String length = Integer.toString(body.length);
        client.headers(
            stream, false, RawH2.post("/", "x-request-id", id, "content-length", length));
        if (!sendBody()) {
          close();
          return Outcome.NONE;
        }
      } else {
        client.headers(stream, true, RawH2.get("/", "x-request-id", id));
      }
      Outcome outcome = read();
      if (stream >= LAST_STREAM) {
        close();
      }
      return outcome;
    }

    /// Sends the body, as much at a time as it may, or as much of it as is wanted.
    ///
    /// @return whether the connection is still there
    private boolean sendBody() throws IOException {
      int sent = 0;
      while (sent < body.length && early.isEmpty()) {
        int bytes = Math.min(body.length - sent, MOST_BYTES);
        bytes = Math.min(bytes, Math.min(connectionWindow, streamWindow));
        if (bytes > 0) {
          int last = sent + bytes == body.length ? RawH2.END_STREAM : 0;
          client.send(RawH2.DATA, last, stream, Arrays.copyOfRange(body, sent, sent + bytes));
          sent += bytes;
          connectionWindow -= bytes;
          streamWindow -= bytes;
        } else {
          RawH2.Frame frame = client.read();
          if (frame == null) {
            return false;
          }
          if (frame.stream() == stream && frame.type() != RawH2.WINDOW_UPDATE) {
            early.add(frame);
          } else {
            heed(frame);
          }
        }
      }
      return true;
    }

    /// Takes note of windows.
    private void heed(RawH2.Frame frame) {
      ByteBuffer payload = ByteBuffer.wrap(frame.payload());
      if (frame.type() == RawH2.WINDOW_UPDATE && frame.stream() == 0) {
        connectionWindow += payload.getInt();
      } else if (frame.type() == RawH2.WINDOW_UPDATE && frame.stream() == stream) {
        streamWindow += payload.getInt();
      } else if (frame.type() == RawH2.SETTINGS) {
        while (payload.hasRemaining()) {
          short name = payload.getShort();
          int value = payload.getInt();
          if (name == INITIAL_WINDOW_SIZE) {
            streamWindow += value - firstWindow;
            firstWindow = value;
          }
        }
      }
    }

    private Outcome read() throws IOException {
      int status = 0;
      int length = -1;
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      while (true) {
        RawH2.Frame frame = early.isEmpty() ? client.read() : early.remove();
        if (frame == null) {
          close();
          return new Outcome(status, body.toString(StandardCharsets.ISO_8859_1), false);
        }
        if (frame.stream() != stream || frame.type() == RawH2.WINDOW_UPDATE) {
          heed(frame);
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
