package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Slow clients and the limits as they are where nothing is set: how long each of them lasts.
@ExtendWith(LeakCheck.class)
@Execution(ExecutionMode.CONCURRENT)
class SlowClientSlowIT {
  private static final int LARGE = 20_000_000;

  /// One client, until it is cut.
  private interface Slow {
    void act(Socket socket) throws Exception;
  }

  private static double seconds(int port, Slow slow) throws Exception {
    long begin = System.nanoTime();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(150_000);
      slow.act(socket);
    } catch (IOException _) {
      // Cut by a reset.
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  /// Five bytes a second; ends with the first byte of an answer.
  private static void drip(Socket socket, String head) throws Exception {
    socket.getOutputStream().write(Backend.bytes(head));
    for (int i = 0; i < 500 && socket.getInputStream().available() == 0; i++) {
      Thread.sleep(200);
      socket.getOutputStream().write('a');
    }
  }

  private static void untilClosed(Socket socket) throws IOException {
    while (socket.getInputStream().read() >= 0) {
      // Only its end is of interest.
    }
  }

  @Test
  void eachIsCutInItsTime() throws Exception {
    byte[] hello = {22, 3, 1, 0, 100, 1, 0, 0, 96, 3, 3};
    try (Backend backend =
            new Backend(
                (_, _, out) -> {
                  out.write(
                      Backend.bytes("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n"));
                  out.write(new byte[LARGE]);
                });
        TestProxy proxy = new TestProxy(backend);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      int http = proxy.server.httpPort();
      int https = proxy.server.httpsPort();
      List<Callable<Double>> slow =
          List.of(
              () -> seconds(https, SlowClientSlowIT::untilClosed),
              () ->
                  seconds(
                      https,
                      socket -> {
                        socket.getOutputStream().write(hello);
                        untilClosed(socket);
                      }),
              () -> seconds(http, SlowClientSlowIT::untilClosed),
              () -> seconds(http, socket -> drip(socket, "GET / HTTP/1.1\r\nHost: a.test\r\nX: ")),
              () ->
                  seconds(
                      http,
                      socket ->
                          drip(
                              socket,
                              "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 9999\r\n\r\n")),
              () ->
                  seconds(
                      http,
                      socket -> {
                        socket
                            .getOutputStream()
                            .write(
                                Backend.bytes(
                                    "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 9\r\n\r\n"));
                        socket.getInputStream().read();
                      }),
              () ->
                  seconds(
                      http,
                      socket -> {
                        socket
                            .getOutputStream()
                            .write(Backend.bytes("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"));
                        for (int i = 0; i < 1_000 && !isCounted(proxy, "client-stalled"); i++) {
                          Thread.sleep(100);
                        }
                      }));
      List<Future<Double>> all = new ArrayList<>();
      for (Callable<Double> each : slow) {
        all.add(threads.submit(each));
      }
      List<Double> times = new ArrayList<>();
      for (Future<Double> each : all) {
        times.add(each.get(150, TimeUnit.SECONDS));
      }
      System.out.println("seconds until slow clients were cut: " + times);
      // Handshake (silent, half a hello), head (silent, dripping): ten seconds.
      assertThat(times.subList(0, 4)).allSatisfy(time -> assertThat(time).isBetween(9.5, 11.5));
      assertThat(times.get(4)).as("a body that drips").isBetween(69.0, 75.0);
      assertThat(times.get(5)).as("a silent body").isBetween(59.5, 62.0);
      assertThat(times.get(6)).as("a response that is not taken").isBetween(59.5, 65.0);
    }
  }

  private static boolean isCounted(TestProxy proxy, String reason) throws IOException {
    ByteArrayOutputStream page = new ByteArrayOutputStream();
    proxy.server.metrics().write(page);
    return page.toString(StandardCharsets.UTF_8)
        .contains("lintel_failures_total{reason=\"" + reason + "\"");
  }
}
