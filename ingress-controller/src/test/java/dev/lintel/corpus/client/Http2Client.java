package dev.lintel.corpus.client;

import dev.lintel.corpus.cases.CorpusCase.Field;
import dev.lintel.corpus.client.PlainClient.End;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// An HTTP/2 connection that sends whatever frames it is told to, and keeps what comes back. It
/// acknowledges SETTINGS and PING, and gives back windows unless told otherwise.
public final class Http2Client implements AutoCloseable {
  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PUSH_PROMISE = 5;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;

  public static final int END_STREAM = 1;
  public static final int END_HEADERS = 4;
  private static final int ACK = 1;

  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final long PROBE = 0x70726f6265L;

  /// What came on one stream.
  private static final class Reply {
    private @Nullable Integer status;
    private final StringBuilder head = new StringBuilder();
    private final StringBuilder body = new StringBuilder();
    private long length;
    private boolean complete;
  }

  private final Socket socket;
  private final Map<Integer, Reply> replies = new TreeMap<>();
  private final List<Integer> resets = new ArrayList<>();
  private final StringBuilder log = new StringBuilder();
  private @Nullable Integer goAway;
  private End end = End.OPEN;
  private boolean reading = true;
  private boolean begun;
  private boolean givesWindows = true;
  private boolean probed;
  private boolean left;

  /// Over a connected socket; reads from now on.
  public Http2Client(Socket socket) {
    this.socket = socket;
    Thread.ofVirtual().start(this::read);
  }

  /// Without TLS, to a port of this machine.
  public static Http2Client plain(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    return new Http2Client(socket);
  }

  /// Sends the preface and these settings, as pairs of number and value.
  public void begin(long... settings) throws IOException {
    ByteBuffer payload = ByteBuffer.allocate(settings.length / 2 * 6);
    for (int i = 0; i < settings.length; i += 2) {
      payload.putShort((short) settings[i]).putInt((int) settings[i + 1]);
    }
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    first.writeBytes(PREFACE.getBytes(StandardCharsets.US_ASCII));
    first.writeBytes(frame(SETTINGS, 0, 0, payload.array()));
    send(first.toByteArray(), 0, first.size());
    synchronized (this) {
      begun = true;
      notifyAll();
    }
  }

  /// Whether received bytes of bodies are given back as window.
  public synchronized void givesWindows(boolean wanted) {
    givesWindows = wanted;
  }

  /// Whether anything is read at all.
  public synchronized void reads(boolean wanted) {
    reading = wanted;
    notifyAll();
  }

  /// Sends one frame.
  public void send(int type, int flags, int stream, byte... payload) throws IOException {
    byte[] bytes = frame(type, flags, stream, payload);
    synchronized (socket) {
      socket.getOutputStream().write(bytes);
    }
  }

  /// Sends bytes as they are.
  public void send(byte[] bytes, int offset, int length) throws IOException {
    synchronized (socket) {
      socket.getOutputStream().write(bytes, offset, length);
    }
  }

  /// The bytes of a frame.
  public static byte[] frame(int type, int flags, int stream, byte... payload) {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    return frame.array();
  }

  /// Fields as literals, whatever they hold.
  public static byte[] fields(List<Field> fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Field field : fields) {
      out.write(0);
      literal(out, field.name());
      literal(out, field.value());
    }
    return out.toByteArray();
  }

  /// A text as a string literal of HPACK, without Huffman.
  public static void literal(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < 127) {
      out.write(bytes.length);
    } else {
      out.write(127);
      int rest = bytes.length - 127;
      while (rest >= 128) {
        out.write(rest & 127 | 128);
        rest >>>= 7;
      }
      out.write(rest);
    }
    out.writeBytes(bytes);
  }

  // ------------------------------------------------------------------ reading

  private void read() {
    End how;
    try {
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      while (true) {
        awaitReading();
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt() & Integer.MAX_VALUE;
        byte[] payload = new byte[length];
        in.readFully(payload);
        take(type, flags, stream, payload);
      }
    } catch (EOFException _) {
      how = End.CLOSED;
    } catch (IOException | InterruptedException | Http2Exception _) {
      how = End.RESET;
    }
    synchronized (this) {
      end = left ? End.OPEN : how;
      notifyAll();
    }
  }

  private synchronized void awaitReading() throws InterruptedException {
    while (!reading) {
      wait();
    }
  }

  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

  private void take(int type, int flags, int stream, byte[] payload)
      throws IOException, Http2Exception, InterruptedException {
    ByteBuffer in = ByteBuffer.wrap(payload);
    boolean acknowledge = (type == SETTINGS || type == PING) && (flags & ACK) == 0;
    int window = 0;
    synchronized (this) {
      if (log.length() < 4_000) {
        log.append('[').append(type).append(" on ").append(stream).append("] ");
      }
      switch (type) {
        case HEADERS ->
            onHeaders(stream, decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(in)));
        case DATA -> {
          Reply reply = replies.computeIfAbsent(stream, _ -> new Reply());
          reply.length += payload.length;
          if (reply.body.length() < 64 * 1024) {
            reply.body.append(new String(payload, StandardCharsets.ISO_8859_1));
          }
          window = givesWindows ? payload.length : 0;
        }
        case RST_STREAM -> {
          resets.add(in.getInt(0));
          log.append("code ").append(in.getInt(0)).append(' ');
        }
        case GOAWAY -> {
          goAway = in.getInt(4);
          log.append("code ").append(in.getInt(4)).append(' ');
        }
        case PING -> probed |= (flags & ACK) != 0 && in.getLong(0) == PROBE;
        default -> {}
      }
      Reply reply = replies.get(stream);
      if (reply != null && (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
        reply.complete = true;
      }
      notifyAll();
    }
    answer(type, acknowledge, stream, payload, window);
  }

  private synchronized void awaitBegin() throws InterruptedException {
    while (!begun) {
      wait();
    }
  }

  private void answer(int type, boolean acknowledge, int stream, byte[] payload, int window)
      throws IOException, InterruptedException {
    try {
      if (acknowledge) {
        // The first frame of a client is its own SETTINGS.
        awaitBegin();
        send(type, ACK, 0, type == PING ? payload : new byte[0]);
      } else if (window > 0) {
        byte[] more = ByteBuffer.allocate(4).putInt(window).array();
        send(WINDOW_UPDATE, 0, stream, more);
        send(WINDOW_UPDATE, 0, 0, more);
      }
    } catch (IOException _) {
      // The peer has closed; what it sent before is still to be read.
    }
  }

  private void onHeaders(int stream, Http2Headers headers) {
    Reply reply = replies.computeIfAbsent(stream, _ -> new Reply());
    CharSequence status = headers.status();
    if (status != null) {
      reply.status = Integer.valueOf(status.toString());
    }
    headers.forEach(
        e -> reply.head.append(e.getKey()).append(": ").append(e.getValue()).append("\r\n"));
  }

  // ------------------------------------------------------------------ waiting

  private interface Condition {
    boolean holds();
  }

  private synchronized boolean await(Condition condition, long millis) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    while (end == End.OPEN && !condition.holds()) {
      long rest = (deadline - System.nanoTime()) / 1_000_000;
      if (rest <= 0) {
        return false;
      }
      wait(rest);
    }
    return condition.holds();
  }

  /// Waits for the end of a stream, or of the connection.
  public void awaitStream(int stream, long millis) throws InterruptedException {
    await(
        () -> {
          Reply reply = replies.get(stream);
          return reply != null && reply.complete || !resets.isEmpty() || goAway != null;
        },
        millis);
  }

  /// Waits for a frame that ends a stream by force or the connection.
  public void awaitForce(long millis) throws InterruptedException {
    await(() -> !resets.isEmpty() || goAway != null, millis);
  }

  /// Waits for GOAWAY or the end.
  public void awaitGoAway(long millis) throws InterruptedException {
    await(() -> goAway != null, millis);
  }

  /// Waits for the end of the connection.
  public void awaitEnd(long millis) throws InterruptedException {
    await(() -> false, millis);
  }

  /// Whether a PING is answered.
  public boolean isAlive(long millis) throws InterruptedException {
    try {
      send(PING, 0, 0, ByteBuffer.allocate(8).putLong(PROBE).array());
    } catch (IOException _) {
      return false;
    }
    return await(() -> probed, millis);
  }

  // ------------------------------------------------------------------ what came

  /// The responses, one for each stream that has one.
  public synchronized List<Answer> answers() {
    List<Answer> answers = new ArrayList<>();
    for (Reply reply : replies.values()) {
      if (reply.status != null) {
        answers.add(
            new Answer(reply.status, reply.head.toString(), reply.body.toString(), reply.complete));
      }
    }
    return answers;
  }

  /// Bytes of bodies that came on a stream.
  public synchronized long received(int stream) {
    Reply reply = replies.get(stream);
    return reply == null ? 0 : reply.length;
  }

  public synchronized List<Integer> resets() {
    return List.copyOf(resets);
  }

  public synchronized @Nullable Integer goAway() {
    return goAway;
  }

  public synchronized End end() {
    return end;
  }

  /// The frames that came, as far as they fit.
  public synchronized String log() {
    StringBuilder text = new StringBuilder(log);
    answers().forEach(a -> text.append('\n').append(a.head()).append(a.body()));
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      left = true;
      reading = true;
      notifyAll();
    }
    socket.close();
  }
}
