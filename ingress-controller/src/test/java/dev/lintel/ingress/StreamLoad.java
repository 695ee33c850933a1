package dev.lintel.ingress;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Many short connections, or datagrams at an even pace, each with bytes of its own that must come
/// back.
final class StreamLoad {
  private static final int AT_ONCE = 16;
  private static final int DATAGRAM = 512;
  private static final int SOCKETS = 50;
  private static final long LATEST_MILLIS = 5_000;

  private StreamLoad() {}

  /// What came back through a Lintel of its own.
  ///
  /// @param connections of those that were made
  /// @param datagrams of those that were sent
  record Result(int connections, int datagrams) {}

  /// Makes `count` connections, then sends as many datagrams, 2,000 a second.
  ///
  /// @param folder an empty one
  static Result of(Path folder, int count) throws Exception {
    int tcp = FreePort.tcp();
    int udp = FreePort.udp();
    try (StreamBackend stream = new StreamBackend("db", "127.0.0.1", 0, false);
        DatagramBackend datagram = new DatagramBackend("dns", "127.0.0.1", 0);
        IngressSite _ =
            IngressSite.start(
                folder,
                IngressSite.service("db", stream.port(), "127.0.0.1"),
                DatagramServiceIT.service("dns", datagram.port(), "127.0.0.1"),
                StreamServiceIT.services("tcp", tcp + ": default/db:80"),
                StreamServiceIT.services("udp", udp + ": default/dns:80"))) {
      return new Result(connections(tcp, count, "db\n"), datagrams(udp, count, 2_000));
    }
  }

  /// How many of `count` connections got back what they sent, and the end behind it.
  ///
  /// @param greeting what the server says first
  static int connections(int port, int count, String greeting) throws Exception {
    AtomicInteger left = new AtomicInteger(count);
    AtomicInteger good = new AtomicInteger();
    try (ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE)) {
      for (int i = 0; i < AT_ONCE; i++) {
        clients.submit(
            () -> {
              int number = left.getAndDecrement();
              while (number > 0) {
                if (isEchoed(port, number, greeting)) {
                  good.incrementAndGet();
                }
                number = left.getAndDecrement();
              }
              return null;
            });
      }
    }
    return good.get();
  }

  private static boolean isEchoed(int port, int number, String greeting) {
    byte[] data =
        ("data " + number + " " + "x".repeat(number % 300)).getBytes(StandardCharsets.US_ASCII);
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(data);
      socket.shutdownOutput();
      InputStream in = socket.getInputStream();
      String all = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return all.equals(greeting + new String(data, StandardCharsets.US_ASCII) + "bye");
    } catch (IOException _) {
      return false;
    }
  }

  /// How many of `count` datagrams of 512 bytes came back unharmed, sent from 50 ports.
  static int datagrams(int port, int count, int perSecond) throws Exception {
    ConcurrentHashMap<Integer, Boolean> back = new ConcurrentHashMap<>();
    DatagramSocket[] sockets = new DatagramSocket[SOCKETS];
    for (int i = 0; i < SOCKETS; i++) {
      DatagramSocket socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
      sockets[i] = socket;
      Thread.ofVirtual().start(() -> collect(socket, back));
    }
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      long due = begin + i * 1_000_000_000L / perSecond;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      byte[] data = data(i);
      sockets[i % SOCKETS].send(
          new DatagramPacket(data, data.length, InetAddress.getLoopbackAddress(), port));
    }
    long until = System.nanoTime() + LATEST_MILLIS * 1_000_000;
    while (back.size() < count && System.nanoTime() < until) {
      Thread.sleep(20);
    }
    for (DatagramSocket socket : sockets) {
      socket.close();
    }
    return back.size();
  }

  private static byte[] data(int number) {
    byte[] data = new byte[DATAGRAM];
    new Random(number).nextBytes(data);
    ByteBuffer.wrap(data).putInt(number);
    return data;
  }

  private static void collect(DatagramSocket socket, ConcurrentHashMap<Integer, Boolean> back) {
    byte[] buffer = new byte[2 * DATAGRAM];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        int number = ByteBuffer.wrap(buffer).getInt();
        if (packet.getLength() == DATAGRAM
            && Arrays.equals(data(number), 0, DATAGRAM, buffer, 0, DATAGRAM)) {
          back.put(number, true);
        }
      }
    } catch (IOException _) {
      // closed
    }
  }
}
