package dev.lintel.load;

import dev.lintel.corpus.client.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Clients that ask at a steady pace and never ask twice for the same: some keep a plain
/// connection, some one over TLS, some make a new one for each request.
final class SteadyTraffic implements AutoCloseable {
  private static final int PAUSE_MILLIS = 20;
  private static final int PATIENCE_MILLIS = 10_000;
  private static final int LONGEST = 4_096;

  private final Served lintel;
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Long> micros = new ConcurrentLinkedQueue<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean over;

  SteadyTraffic(Served lintel) {
    this.lintel = lintel;
    for (int i = 0; i < 6; i++) {
      boolean tls = i % 3 == 1;
      boolean keeps = i % 3 < 2;
      threads.add(Thread.ofVirtual().start(() -> ask(tls, keeps)));
    }
  }

  private void ask(boolean tls, boolean keeps) {
    Socket socket = null;
    while (!over) {
      long begin = System.nanoTime();
      try {
        if (socket == null) {
          socket = connect(tls);
        }
        String answer = exchange(socket);
        if (!answer.startsWith("HTTP/1.1 200 ")) {
          failures.add(answer);
        }
        if (!keeps || answer.contains("onnection: close")) {
          socket.close();
          socket = null;
        }
        micros.add((System.nanoTime() - begin) / 1_000);
        Thread.sleep(PAUSE_MILLIS);
      } catch (IOException | InterruptedException e) {
        failures.add(e.toString());
        socket = null;
      }
    }
  }

  private Socket connect(boolean tls) throws IOException {
    Socket socket =
        tls
            ? Tls.connect(lintel.httpsPort(), Served.HOST, "http/1.1")
            : new Socket(InetAddress.getLoopbackAddress(), lintel.httpPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    return socket;
  }

  private static String exchange(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write(
            ("GET / HTTP/1.1\r\nHost: " + Served.HOST + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    InputStream in = socket.getInputStream();
    byte[] answer = new byte[LONGEST];
    int length = 0;
    while (length < LONGEST) {
      int read = in.read(answer, length, LONGEST - length);
      if (read < 0) {
        throw new IOException("closed within an answer of " + length + " bytes");
      }
      length += read;
      String text = new String(answer, 0, length, StandardCharsets.US_ASCII);
      if (text.endsWith("\r\n\r\nok") || text.endsWith("</html>\r\n")) {
        return text;
      }
    }
    throw new IOException("a long answer");
  }

  int answered() {
    return micros.size();
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  /// The time that so many of 1,000 requests did not take, in microseconds.
  long micros(int perMille) {
    List<Long> sorted = micros.stream().sorted().toList();
    return sorted.get((int) ((long) (sorted.size() - 1) * perMille / 1_000));
  }

  /// Asks no more.
  @Override
  public void close() throws InterruptedException {
    over = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
