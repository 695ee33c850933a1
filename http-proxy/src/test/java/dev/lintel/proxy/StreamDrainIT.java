package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.l4.L4Config;
import dev.lintel.proxy.l4.ProxyVersion;
import dev.lintel.proxy.l4.StreamRules;
import dev.lintel.proxy.l4.StreamService;
import dev.lintel.proxy.l4.StreamTarget;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The end of a proxy while connections are passed on.
@ExtendWith(LeakCheck.class)
class StreamDrainIT {
  private static final Duration LIMIT = Duration.ofSeconds(4);

  @Test
  void sessionsMayEndByThemselvesFirst() throws Exception {
    try (ServerSocket backend = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        TestProxy proxy = new TestProxy()) {
      int port = serve(proxy, backend);
      try (Socket client = new Socket("127.0.0.1", port);
          Socket accepted = backend.accept()) {
        pass(client, accepted);
        proxy.server.stopAccepting();
        long begin = System.nanoTime();
        Thread end =
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        Thread.sleep(500);
                        pass(client, accepted);
                        client.close();
                        accepted.close();
                      } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                      }
                    });
        assertThat(proxy.server.awaitIdle(LIMIT)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
            .isBetween(Duration.ofMillis(500), Duration.ofMillis(1_900));
        end.join();
      }
    }
  }

  @Test
  void sessionsThatDoNotAreClosedInTime() throws Exception {
    try (ServerSocket backend = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        TestProxy proxy = new TestProxy()) {
      int port = serve(proxy, backend);
      try (Socket client = new Socket("127.0.0.1", port);
          Socket accepted = backend.accept()) {
        pass(client, accepted);
        long begin = System.nanoTime();
        assertThat(proxy.server.awaitIdle(LIMIT)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
            .isBetween(LIMIT.dividedBy(2), LIMIT);
        assertThat(client.getInputStream().read()).isNegative();
      }
    }
  }

  private static void pass(Socket from, Socket to) throws IOException {
    from.getOutputStream().write('x');
    assertThat(to.getInputStream().read()).isEqualTo('x');
  }

  private static int serve(TestProxy proxy, ServerSocket backend) throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    InetSocketAddress address = new InetSocketAddress("127.0.0.1", backend.getLocalPort());
    proxy.upstream.endpoints(new EndpointSet(List.of(new Endpoint(address)), false));
    StreamTarget target = new StreamTarget(proxy.upstream, ProxyVersion.NONE);
    ProxyConfig now = proxy.server.config();
    proxy.server.publish(
        new ProxyConfig(
            now.generation() + 1,
            now.routes(),
            now.certificates(),
            now.settings(),
            new L4Config(
                null,
                null,
                StreamRules.USUAL,
                List.of(new StreamService(port, false, target, false)))));
    return port;
  }
}
