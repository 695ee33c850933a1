package dev.lintel.corpus.client;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A connection that sends the bytes it is told to, and keeps all that comes back.
public final class PlainClient implements AutoCloseable {
  /// How a connection ended.
  public enum End {
    /// Not at all.
    OPEN,
    /// In order.
    CLOSED,
    /// By a reset.
    RESET
  }

  private final InputStream in;
  private final OutputStream out;
  private final Closeable connection;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final List<String> methods = new ArrayList<>();
  private End end = End.OPEN;
  private long lastByte = System.nanoTime();
  private boolean left;

  private PlainClient(InputStream in, OutputStream out, Closeable connection) {
    this.in = in;
    this.out = out;
    this.connection = connection;
    Thread.ofVirtual().start(this::read);
  }

  /// To a port of this machine.
  public static PlainClient connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    return over(socket);
  }

  /// Over a socket that is connected already.
  public static PlainClient over(Socket socket) throws IOException {
    return new PlainClient(socket.getInputStream(), socket.getOutputStream(), socket);
  }

  /// Over a connection that has ended its handshake.
  public static PlainClient over(HandmadeTls connection) throws IOException {
    return new PlainClient(connection.in(), connection.out(), connection);
  }

  private void read() {
    byte[] piece = new byte[64 * 1024];
    End how;
    try {
      int read;
      while ((read = in.read(piece)) >= 0) {
        synchronized (this) {
          received.write(piece, 0, read);
          lastByte = System.nanoTime();
          notifyAll();
        }
      }
      how = End.CLOSED;
    } catch (IOException _) {
      how = End.RESET;
    }
    synchronized (this) {
      end = left ? End.OPEN : how;
      notifyAll();
    }
  }

  /// Sends bytes, from a thread of its own where they are many: the peer may answer before it has
  /// read them. Where the peer does not take them, the rest is left out.
  public void send(String bytes) throws InterruptedException {
    int space = bytes.indexOf(' ');
    methods.add(space < 0 ? "" : bytes.substring(0, space));
    byte[] all = bytes.getBytes(StandardCharsets.ISO_8859_1);
    Thread sender =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    out.write(all);
                  } catch (IOException _) {
                    // What the peer does not want is seen by how it ends.
                  }
                });
    sender.join(2_000);
  }

  /// Waits for so many final answers or the end, at most so long.
  public void awaitAnswers(int count, long millis) throws InterruptedException {
    await(() -> finalAnswers() >= count, millis);
  }

  /// Waits for any answer, interim ones included, or the end.
  public void awaitAny(long millis) throws InterruptedException {
    await(() -> !answers().isEmpty(), millis);
  }

  /// Waits for any byte, or the end.
  public void awaitBytes(long millis) throws InterruptedException {
    await(() -> received.size() > 0, millis);
  }

  /// Waits for the end of the connection.
  public void awaitEnd(long millis) throws InterruptedException {
    await(() -> false, millis);
  }

  /// Waits until nothing has come for so long, or the end.
  public void awaitQuiet(long quietMillis) throws InterruptedException {
    long begin = System.nanoTime();
    synchronized (this) {
      while (end == End.OPEN) {
        long left = quietMillis - (System.nanoTime() - Math.max(begin, lastByte)) / 1_000_000;
        if (left <= 0) {
          return;
        }
        wait(left);
      }
    }
  }

  private interface Condition {
    boolean holds();
  }

  private synchronized void await(Condition condition, long millis) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    while (end == End.OPEN && !condition.holds()) {
      long rest = (deadline - System.nanoTime()) / 1_000_000;
      if (rest <= 0) {
        return;
      }
      wait(rest);
    }
  }

  private long finalAnswers() {
    return answers().stream().filter(a -> !a.isInterim() && a.complete()).count();
  }

  /// How the connection ended so far.
  public synchronized End end() {
    return end;
  }

  /// All bytes that came.
  public synchronized String received() {
    return received.toString(StandardCharsets.ISO_8859_1);
  }

  /// The responses that came.
  public synchronized List<Answer> answers() {
    return Answers.parse(received(), end != End.OPEN, methods);
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      left = true;
    }
    connection.close();
  }
}
