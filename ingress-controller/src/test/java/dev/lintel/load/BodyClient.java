package dev.lintel.load;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Sends a large body as fast as it is taken, or takes one slowly, over HTTP/1.1 or HTTP/2.
final class BodyClient {
  private static final int FRAME = 16 * 1024;
  private static final int FIRST_WINDOW = 65_535;
  private static final int LARGEST_WINDOW = Integer.MAX_VALUE;
  private static final byte[] PREFACE = BodyBackend.ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

  private final Passage passage;
  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private long window = FIRST_WINDOW;
  private long streamWindow = FIRST_WINDOW;
  private boolean ended;
  private String answer = "";

  private BodyClient(Passage passage, int port) throws IOException {
    this.passage = passage;
    this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    passage.client(socket.getLocalPort(), port);
    // Without a buffer: what is read here counts as taken.
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /// Runs to the end of the answer, on threads of its own; the passage tells of the end.
  static void start(Passage passage, int version, boolean upload, int port) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                BodyClient client = new BodyClient(passage, port);
                try (Socket _ = client.socket) {
                  client.run(version, upload);
                }
                passage.end(null);
              } catch (IOException | InterruptedException | RuntimeException e) {
                passage.end(e);
              }
            });
  }

  private void run(int version, boolean upload) throws IOException, InterruptedException {
    if (version == 1 && upload) {
      out.write(head("POST", "\r\nContent-Length: " + passage.length));
      BodyBackend.give(out, passage);
      expect(BodyBackend.readHead(in));
    } else if (version == 1) {
      out.write(head("GET", ""));
      expect(BodyBackend.readHead(in));
      BodyBackend.take(in, passage);
    } else if (upload) {
      upload();
    } else {
      download();
    }
  }

  private byte[] head(String method, String more) {
    return BodyBackend.ascii(
        method + " /" + passage.id + " HTTP/1.1\r\nHost: " + Served.HOST + more + "\r\n\r\n");
  }

  private static void expect(String head) throws IOException {
    if (!head.startsWith("HTTP/1.1 200 ")) {
      throw new IOException(head);
    }
  }

  // ------------------------------------------------------------------ HTTP/2

  private void upload() throws IOException, InterruptedException {
    begin(FIRST_WINDOW, "POST", "content-length", Long.toString(passage.length));
    Thread reader = Thread.ofPlatform().daemon().start(this::readAnswer);
    byte[] piece = new byte[FRAME];
    for (long left = passage.length; left > 0; ) {
      int size = await((int) Math.min(left, FRAME));
      left -= size;
      int flags = left == 0 ? HttpFrames.END_STREAM : 0;
      send(HttpFrames.frame(HttpFrames.DATA, flags, 1, piece, size));
      passage.sent(size);
    }
    reader.join();
    if (!answer.endsWith("ok")) {
      throw new IOException(answer);
    }
  }

  private synchronized boolean isEnded() {
    return ended;
  }

  private synchronized int await(int wanted) throws IOException, InterruptedException {
    while (Math.min(window, streamWindow) <= 0) {
      if (ended) {
        throw new IOException("answered before the end: " + answer);
      }
      wait();
    }
    int size = (int) Math.min(wanted, Math.min(window, streamWindow));
    window -= size;
    streamWindow -= size;
    return size;
  }

  private void readAnswer() {
    try {
      while (!isEnded()) {
        readFrame();
      }
    } catch (IOException | InterruptedException e) {
      passage.end(e);
    }
  }

  /// Gives all the window there is: only that nobody reads holds the product back.
  private void download() throws IOException, InterruptedException {
    begin(LARGEST_WINDOW, "GET");
    send(
        HttpFrames.frame(
            HttpFrames.WINDOW_UPDATE, 0, 0, HttpFrames.number(LARGEST_WINDOW - FIRST_WINDOW)));
    while (!isEnded()) {
      readFrame();
    }
    if (passage.received() < passage.length) {
      throw new IOException("cut off after " + passage.received());
    }
  }

  private void begin(int initialWindow, String method, String... fields) throws IOException {
    byte[] settings = ByteBuffer.allocate(6).putShort((short) 4).putInt(initialWindow).array();
    out.write(PREFACE);
    send(HttpFrames.frame(HttpFrames.SETTINGS, 0, 0, settings));
    boolean last = method.equals("GET");
    send(HttpFrames.headers(1, last, method, "/" + passage.id, "http", fields));
  }

  private void send(byte[] frame) throws IOException {
    synchronized (out) {
      out.write(frame);
    }
  }

  private void readFrame() throws IOException, InterruptedException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = new byte[length];
    in.readFully(payload);
    switch (type) {
      case HttpFrames.DATA -> {
        if (passage.isUpload()) {
          answer += new String(payload, StandardCharsets.ISO_8859_1);
        } else {
          passage.received(length);
        }
      }
      case HttpFrames.SETTINGS -> {
        if ((flags & HttpFrames.ACK) == 0) {
          settings(ByteBuffer.wrap(payload));
          send(HttpFrames.frame(HttpFrames.SETTINGS, HttpFrames.ACK, 0, new byte[0]));
        }
      }
      case HttpFrames.PING -> {
        if ((flags & HttpFrames.ACK) == 0) {
          send(HttpFrames.frame(HttpFrames.PING, HttpFrames.ACK, 0, payload));
        }
      }
      case HttpFrames.WINDOW_UPDATE -> more(stream, ByteBuffer.wrap(payload).getInt());
      case HttpFrames.RST_STREAM, HttpFrames.GOAWAY ->
          throw new IOException("frame " + type + " after " + passage.received());
      case HttpFrames.HEADERS -> answer = new String(payload, StandardCharsets.ISO_8859_1);
      default -> {
        // of no interest
      }
    }
    if (stream == 1 && type <= HttpFrames.HEADERS && (flags & HttpFrames.END_STREAM) != 0) {
      end();
    }
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  private synchronized void settings(ByteBuffer values) {
    while (values.hasRemaining()) {
      int id = values.getShort();
      int value = values.getInt();
      if (id == 4) {
        streamWindow += value - FIRST_WINDOW;
      }
    }
    notifyAll();
  }

  private synchronized void more(int stream, int bytes) {
    if (stream == 0) {
      window += bytes;
    } else {
      streamWindow += bytes;
    }
    notifyAll();
  }
}
