package dev.lintel.proxy.differential;

import dev.lintel.proxy.differential.Comparison.Answer;
import dev.lintel.proxy.differential.Comparison.Answers;
import dev.lintel.proxy.differential.StrictParser.End;
import dev.lintel.proxy.differential.StrictParser.Reading;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// A client with an address of its own that sends bytes in a few pieces and reads the answers.
final class StreamClient {
  private static final int PATIENCE_MILLIS = 4_000;

  private StreamClient() {}

  /// The address that stands for a seed.
  static String address(long seed) {
    return "127.9." + seed / 250 % 250 + "." + (1 + seed % 250);
  }

  static Answers send(long seed, int port, byte[] bytes, Reading said) throws Exception {
    try (Socket socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.bind(new InetSocketAddress(address(seed), 0));
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      Thread sender = Thread.ofVirtual().start(() -> send(seed, socket, bytes));
      try {
        return receive(new BufferedInputStream(socket.getInputStream()), said);
      } finally {
        socket.close();
        sender.join();
      }
    }
  }

  private static void send(long seed, Socket socket, byte[] bytes) {
    Random random = new Random(seed);
    int pieces = 1 + random.nextInt(3);
    try {
      OutputStream out = socket.getOutputStream();
      int at = 0;
      for (int i = 1; i <= pieces; i++) {
        int to = i == pieces ? bytes.length : at + random.nextInt(bytes.length - at + 1);
        out.write(bytes, at, to - at);
        at = to;
        Thread.yield();
      }
    } catch (IOException _) {
      // The proxy has closed; what it answered tells why.
    }
  }

  /// Reads an answer for each request, and the end where the proxy is to close.
  private static Answers receive(InputStream in, Reading said) {
    List<Answer> all = new ArrayList<>();
    boolean closes = said.end() == End.LAST || said.end() == End.BROKEN;
    try {
      while (closes || all.size() < said.requests().size()) {
        int number = all.size();
        boolean isHead =
            number < said.requests().size() && said.requests().get(number).method().equals("HEAD");
        Answer answer = answer(in, isHead, number >= said.requests().size());
        if (answer == null) {
          break;
        }
        all.add(answer);
      }
    } catch (SocketTimeoutException _) {
      return new Answers(all, true);
    } catch (IOException _) {
      // Reset: the end, too.
    }
    return new Answers(all, false);
  }

  /// @param isLast whether it answers no request, so that its body may be missing
  private static Answer answer(InputStream in, boolean isHead, boolean isLast) throws IOException {
    while (true) {
      String head = head(in);
      if (head == null) {
        return null;
      }
      int status = Integer.parseInt(head.substring(9, 12));
      if (status < 200) {
        continue;
      }
      if (isLast) {
        in.readAllBytes();
      } else if (!isHead) {
        int length = Integer.parseInt(field(head, "content-length"));
        if (in.readNBytes(length).length < length) {
          throw new EOFException();
        }
      }
      return new Answer(status, field(head, "x-seen"));
    }
  }

  private static String field(String head, String name) {
    for (String line : head.split("\r\n")) {
      if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
        return line.substring(name.length() + 1).strip();
      }
    }
    return "";
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        if (head.isEmpty()) {
          return null;
        }
        throw new EOFException(head.toString());
      }
      head.append((char) b);
    }
    return head.toString();
  }
}
