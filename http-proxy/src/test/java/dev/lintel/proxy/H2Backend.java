package dev.lintel.proxy;

import dev.lintel.proxy.upstream.Endpoint;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A server of HTTP/2 with prior knowledge on a loopback port that records requests and answers as
/// a test says, also wrongly. Each stream is answered on a thread of its own, from its head on.
final class H2Backend implements AutoCloseable {
  static final int PING = 6;
  static final int MAX_CONCURRENT_STREAMS = 3;
  static final int INITIAL_WINDOW_SIZE = 4;
  private static final int ACK = 1;
  private static final int FRAME = 16_384;
  private static final int FIRST_WINDOW = 65_535;

  /// Answers one request.
  interface Script {
    void answer(Stream stream) throws Exception;
  }

  private final ServerSocket listener;
  private final int[] settings;
  private final Script script;
  private final AtomicInteger connections = new AtomicInteger();
  private final List<Connection> open = new CopyOnWriteArrayList<>();
  final List<Stream> streams = new CopyOnWriteArrayList<>();

  /// Gives no window beyond the first one as long as it is false.
  volatile boolean takes = true;

  volatile boolean answersPings = true;
  final AtomicInteger pings = new AtomicInteger();

  /// @param settings identifiers and values
  H2Backend(Script script, int... settings) throws IOException {
    this.script = script;
    this.settings = settings;
    this.listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /// Answers with what came: body, and trailers.
  static H2Backend echo() throws IOException {
    return new H2Backend(
        stream -> {
          byte[] body = stream.body();
          stream.headers(false, ":status", "200", "content-type", "text/plain");
          if (stream.trailers == null) {
            stream.data(true, body);
          } else {
            stream.data(false, body);
            stream.headers(true, "x-echo", String.valueOf(stream.trailers.get("x-checksum")));
          }
        });
  }

  Endpoint endpoint() {
    return new Endpoint(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()));
  }

  int connections() {
    return connections.get();
  }

  /// The connections there are or were.
  List<Connection> open() {
    return open;
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        Connection made = new Connection(socket, connections.incrementAndGet());
        open.add(made);
        Thread.ofVirtual().start(made::serve);
      }
    } catch (IOException _) {
      // Closed by the test.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Connection each : open) {
      each.socket.close();
    }
  }

  /// One connection.
  final class Connection {
    final int number;
    private final Socket socket;
    private final Map<Integer, Stream> live = new HashMap<>();
    private long window = FIRST_WINDOW;
    private int initialWindow = FIRST_WINDOW;

    /// Closed by its other end.
    volatile boolean gone;

    Connection(Socket socket, int number) {
      this.socket = socket;
      this.number = number;
    }

    private void serve() {
      try (socket) {
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        in.readFully(new byte[24]);
        ByteBuffer values = ByteBuffer.allocate(settings.length / 2 * 6);
        for (int i = 0; i < settings.length; i += 2) {
          values.putShort((short) settings[i]).putInt(settings[i + 1]);
        }
        send(RawH2.SETTINGS, 0, 0, values.array());
        DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
        while (true) {
          int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
          int type = in.readUnsignedByte();
          int flags = in.readUnsignedByte();
          int stream = in.readInt();
          byte[] payload = new byte[length];
          in.readFully(payload);
          Http2Headers headers =
              type == RawH2.HEADERS
                  ? decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(payload))
                  : null;
          take(new RawH2.Frame(type, flags, stream, payload, headers));
        }
      } catch (Exception _) {
        gone = true;
        synchronized (this) {
          live.values().forEach(each -> each.pieces.add(Stream.GONE));
          notifyAll();
        }
      }
    }

    private synchronized void take(RawH2.Frame frame) throws IOException {
      Stream known = live.get(frame.stream());
      switch (frame.type()) {
        case RawH2.SETTINGS -> settings(frame);
        case PING -> {
          if ((frame.flags() & ACK) == 0) {
            pings.incrementAndGet();
            if (answersPings) {
              send(PING, ACK, 0, frame.payload());
            }
          }
        }
        case RawH2.HEADERS -> {
          if (known == null) {
            known = new Stream(this, frame.stream(), frame.headers());
            known.window = initialWindow;
            live.put(frame.stream(), known);
            streams.add(known);
            known.start();
          } else {
            known.trailers = frame.headers();
          }
          if (frame.isLast()) {
            known.pieces.add(Stream.END);
          }
        }
        case RawH2.DATA -> {
          if (takes && frame.payload().length > 0) {
            window(0, frame.payload().length);
            window(frame.stream(), frame.payload().length);
          }
          if (known != null) {
            known.received += frame.payload().length;
            known.pieces.add(frame.payload());
            if (frame.isLast()) {
              known.pieces.add(Stream.END);
            }
          }
        }
        case RawH2.RST_STREAM -> {
          if (known != null) {
            known.reset = frame.code();
            known.pieces.add(Stream.GONE);
          }
        }
        case RawH2.WINDOW_UPDATE -> {
          int more = ByteBuffer.wrap(frame.payload()).getInt();
          if (frame.stream() == 0) {
            window += more;
          } else if (known != null) {
            known.window += more;
          }
        }
        default -> {
          // Of no interest.
        }
      }
      notifyAll();
    }

    private void settings(RawH2.Frame frame) throws IOException {
      if ((frame.flags() & ACK) != 0) {
        return;
      }
      ByteBuffer values = ByteBuffer.wrap(frame.payload());
      while (values.hasRemaining()) {
        int id = values.getShort();
        int value = values.getInt();
        if (id == INITIAL_WINDOW_SIZE) {
          initialWindow = value;
        }
      }
      send(RawH2.SETTINGS, ACK, 0, new byte[0]);
    }

    private void window(int stream, int bytes) throws IOException {
      send(RawH2.WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    /// Gives the window back that was held.
    synchronized void release(Stream stream) throws IOException {
      window(0, stream.received);
      window(stream.id, stream.received);
    }

    void goAway(int lastStream, int code) throws IOException {
      send(RawH2.GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(lastStream).putInt(code).array());
    }

    synchronized void send(int type, int flags, int stream, byte[] payload) throws IOException {
      ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
      frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload);
      OutputStream out = socket.getOutputStream();
      out.write(frame.array());
    }

    private synchronized int await(Stream stream, int wanted) throws Exception {
      while (window <= 0 || stream.window <= 0) {
        if (gone || stream.reset >= 0) {
          throw new IOException("the stream is gone");
        }
        wait();
      }
      int may = (int) Math.min(Math.min(wanted, FRAME), Math.min(window, stream.window));
      window -= may;
      stream.window -= may;
      return may;
    }

    void cut() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  /// One request, and the answer to it.
  final class Stream {
    private static final byte[] END = {};
    private static final byte[] GONE = {};

    final Connection connection;
    final int id;
    final Http2Headers head;
    private final BlockingQueue<byte[]> pieces = new LinkedBlockingQueue<>();
    volatile Http2Headers trailers;

    /// The code it was reset with, -1 while it was not.
    volatile int reset = -1;

    volatile int received;
    volatile long sent;
    private long window;

    Stream(Connection connection, int id, Http2Headers head) {
      this.connection = connection;
      this.id = id;
      this.head = new DefaultHttp2Headers(false).setAll(head);
    }

    private void start() {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  script.answer(this);
                } catch (Exception _) {
                  // The other end is gone, or the test is over.
                }
              });
    }

    String field(String name) {
      CharSequence value = head.get(name);
      return value == null ? null : value.toString();
    }

    /// The next piece of the body; null at its end.
    @SuppressWarnings("ReferenceEquality") // both marks are empty: only which array it is tells
    byte[] piece() throws Exception {
      byte[] piece = pieces.poll(10, TimeUnit.SECONDS);
      if (piece == null || piece == GONE) {
        throw new IOException("no more comes");
      }
      return piece == END ? null : piece;
    }

    byte[] body() throws Exception {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      for (byte[] piece = piece(); piece != null; piece = piece()) {
        body.writeBytes(piece);
      }
      return body.toByteArray();
    }

    void headers(boolean last, String... fields) throws IOException {
      int flags = RawH2.END_HEADERS | (last ? RawH2.END_STREAM : 0);
      connection.send(RawH2.HEADERS, flags, id, RawH2.fields(fields));
    }

    /// Sends a piece as the windows allow.
    void data(boolean last, byte[] bytes) throws Exception {
      int at = 0;
      while (at < bytes.length) {
        int may = connection.await(this, bytes.length - at);
        byte[] part = java.util.Arrays.copyOfRange(bytes, at, at + may);
        at += may;
        sent += may;
        boolean ends = last && at == bytes.length;
        connection.send(RawH2.DATA, ends ? RawH2.END_STREAM : 0, id, part);
      }
      if (bytes.length == 0) {
        connection.send(RawH2.DATA, last ? RawH2.END_STREAM : 0, id, bytes);
      }
    }

    void data(boolean last, String text) throws Exception {
      data(last, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void reset(int code) throws IOException {
      connection.send(RawH2.RST_STREAM, 0, id, ByteBuffer.allocate(4).putInt(code).array());
    }

    void ok(String text) throws Exception {
      headers(false, ":status", "200");
      data(true, text);
    }
  }
}
