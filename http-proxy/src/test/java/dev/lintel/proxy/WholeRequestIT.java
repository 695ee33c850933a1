package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lintel.proxy.body.BodyRules;
import dev.lintel.proxy.body.Spool;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Bodies of requests that are read whole before their upstream is asked.
@ExtendWith(LeakCheck.class)
class WholeRequestIT {
  private static final int MEGABYTE = 1024 * 1024;

  /// Bytes of all files together.
  private static final long ROOM = 8 * MEGABYTE;

  private final byte[] noise = new byte[3 * MEGABYTE];
  private final AtomicInteger faults = new AtomicInteger();
  @TempDir private Path folder;
  private Backend backend;
  private Spool spool;
  private TestProxy proxy;

  @BeforeEach
  void start() throws Exception {
    new Random(5).nextBytes(noise);
    backend = new Backend(this::answer);
    begin(folder);
  }

  private void begin(Path directory) throws Exception {
    spool = new Spool(directory, ROOM);
    proxy = new TestProxy(spool, backend);
    // More than any test sends, so that room is what ends.
    RouteSettings settings = RouteSettings.DEFAULT.withMaxBodyBytes(0);
    proxy.settings = settings.withBodies(BodyRules.NONE.withWholeRequests(64 * 1024));
    proxy.apply();
  }

  @AfterEach
  void stop() throws Exception {
    Wait.until(() -> spool.used() == 0);
    assertThat(spool.used()).as("room that nobody gave back").isZero();
    assertThat(names()).isEmpty();
    proxy.close();
    backend.close();
  }

  private List<Path> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  /// Files of the spool that this process has open: they have lost their names.
  private int open() throws IOException {
    int count = 0;
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : files.toList()) {
        try {
          String target = Files.readSymbolicLink(each).toString();
          count += target.startsWith(folder + "/body-") && target.endsWith("(deleted)") ? 1 : 0;
        } catch (IOException _) {
          // Closed meanwhile.
        }
      }
    }
    return count;
  }

  private void answer(Backend.Request request, Socket socket, OutputStream out) throws Exception {
    if (faults.getAndDecrement() > 0) {
      socket.close();
      return;
    }
    String text = request.body().length + " " + request.field("Content-Length");
    out.write(Backend.ok(text));
  }

  private byte[] first(int length) {
    return Arrays.copyOf(noise, length);
  }

  private static String head(String method, int length) {
    return method + " / HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + length + "\r\n\r\n";
  }

  @Test
  void theUpstreamHearsNothingBeforeAllIsThere() throws Exception {
    for (int length : new int[] {40_000, 2 * MEGABYTE}) {
      int before = backend.requests.size();
      int connections = backend.connections();
      try (TestClient client = proxy.client()) {
        client.send(head("POST", length));
        client.send(first(length - 1));
        Thread.sleep(300);
        assertThat(backend.connections()).isEqualTo(connections);
        assertThat(open()).isEqualTo(length > 64 * 1024 ? 1 : 0);
        assertThat(names()).as("files lose their names at once").isEmpty();
        client.send(new byte[] {noise[length - 1]});
        assertThat(client.read().text()).isEqualTo(length + " " + length);
        assertThat(backend.requests.get(before).body()).isEqualTo(first(length));
      }
    }
    Wait.until(() -> spool.used() == 0);
    assertThat(open()).isZero();
  }

  @Test
  void chunkedBodiesGetTheirLength() throws Exception {
    try (TestClient client = proxy.client()) {
      for (int length : new int[] {0, 5, 40_000, MEGABYTE}) {
        client.send("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int at = 0; at < length; at += 10_000) {
          int size = Math.min(10_000, length - at);
          client.send(Integer.toHexString(size) + "\r\n");
          client.send(Arrays.copyOfRange(noise, at, at + size));
          client.send("\r\n");
        }
        client.send("0\r\n\r\n");
        assertThat(client.read().text()).isEqualTo(length + " " + length);
        assertThat(backend.requests.getLast().body()).isEqualTo(first(length));
        assertThat(backend.requests.getLast().head()).doesNotContain("Transfer-Encoding");
      }
    }
  }

  @Test
  void aStoredBodyIsSentAgain() throws Exception {
    // Never the endpoint that failed.
    try (Backend second = new Backend(this::answer)) {
      proxy.serve(backend, second);
      for (int length : new int[] {40_000, 2 * MEGABYTE}) {
        faults.set(1);
        int before = backend.requests.size() + second.requests.size();
        try (TestClient client = proxy.client()) {
          client.send(head("PUT", length));
          client.send(first(length));
          assertThat(client.read().text()).isEqualTo(length + " " + length);
        }
        assertThat(backend.requests.size() + second.requests.size()).isEqualTo(before + 2);
        assertThat(backend.requests.getLast().body()).isEqualTo(first(length));
        assertThat(second.requests.getLast().body()).isEqualTo(first(length));
      }
    }
  }

  @Test
  void http2BodiesAreReadWholeAsWell() throws Exception {
    int length = 300_000;
    try (RawH2 client = new RawH2(proxy.server.httpPort())) {
      client.headers(1, false, RawH2.post("/"));
      int window = 65_535;
      int at = 0;
      while (at < length) {
        int size = Math.min(Math.min(16_000, length - at), window);
        if (size > 0) {
          boolean last = at + size == length;
          client.send(
              RawH2.DATA, last ? RawH2.END_STREAM : 0, 1, Arrays.copyOfRange(noise, at, at + size));
          at += size;
          window -= size;
        } else {
          RawH2.Frame frame = client.read(RawH2.WINDOW_UPDATE);
          window += frame.stream() == 1 ? new BigInteger(1, frame.payload()).intValue() : 0;
        }
      }
      RawH2.Frame answer = client.read(RawH2.DATA);
      assertThat(new String(answer.payload())).isEqualTo(length + " " + length);
      assertThat(backend.requests.getLast().body()).isEqualTo(first(length));
    }
  }

  @Test
  void whoGetsNoRoomGets503AndOthersGoOn() throws Exception {
    byte[] megabyte = first(MEGABYTE);
    try (TestClient large = proxy.client();
        TestClient other = proxy.client()) {
      large.send(head("POST", 20 * MEGABYTE));
      for (int i = 0; i < 4; i++) {
        large.send(megabyte);
      }
      Wait.until(() -> spool.used() >= 3 * MEGABYTE);
      other.send(head("POST", MEGABYTE));
      other.send(megabyte);
      assertThat(other.read().status()).isEqualTo(200);
      try {
        for (int i = 4; i < 20; i++) {
          large.send(megabyte);
        }
      } catch (IOException _) {
        // Nobody reads it any more.
      }
      assertThat(large.read().status()).isEqualTo(503);
      Wait.until(() -> spool.used() == 0);
      other.send(head("POST", MEGABYTE));
      other.send(megabyte);
      assertThat(other.read().status()).isEqualTo(200);
    }
    assertThat(backend.requests).extracting(r -> r.body().length).containsOnly(MEGABYTE);
  }

  /// Where this process may mount file systems.
  @Test
  void aFullDiskIs503ForItsRequestAlone() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString()) == 0);
    try {
      proxy.close();
      begin(disk);
      try (TestClient large = proxy.client();
          TestClient other = proxy.client()) {
        large.send(head("POST", 3 * MEGABYTE));
        try {
          large.send(noise);
        } catch (IOException _) {
          // Nobody reads it any more.
        }
        assertThat(large.read().status()).isEqualTo(503);
        other.send(head("POST", MEGABYTE));
        other.send(first(MEGABYTE));
        assertThat(other.read().status()).isEqualTo(200);
      }
      Wait.until(() -> spool.used() == 0);
    } finally {
      run("umount", "-l", disk.toString());
      Files.delete(disk);
    }
  }

  private static int run(String... command) throws Exception {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  @Test
  void withoutADirectoryWhatFitsInMemoryIsServed() throws Exception {
    proxy.close();
    begin(folder.resolve("missing"));
    try (TestClient client = proxy.client()) {
      client.send(head("POST", 60_000));
      client.send(first(60_000));
      assertThat(client.read().text()).isEqualTo("60000 60000");
      client.send(head("POST", MEGABYTE));
      client.send(first(MEGABYTE));
      assertThat(client.read().status()).isEqualTo(503);
    }
  }

  @Test
  void clientsThatLeaveLeaveNoFiles() throws Exception {
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      TestClient client = proxy.client();
      clients.add(client);
      client.send(head("POST", MEGABYTE));
      client.send(first(200_000));
    }
    Wait.until(() -> spool.used() == 20 * 200_000L);
    assertThat(open()).isEqualTo(20);
    for (TestClient each : clients) {
      each.close();
    }
    Wait.until(() -> spool.used() == 0);
    assertThat(open()).isZero();
    assertThat(backend.requests).isEmpty();
  }

  @Test
  void tooLongABodyIsRefusedAndItsFileGone() throws Exception {
    proxy.settings = proxy.settings.withMaxBodyBytes(MEGABYTE);
    proxy.apply();
    try (TestClient client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (int i = 0; i < 11; i++) {
        client.send("186a0\r\n");
        client.send(first(100_000));
        client.send("\r\n");
      }
      assertThat(client.read().status()).isEqualTo(413);
    }
    assertThat(backend.connections()).isZero();
  }

  @Test
  void aResponseBeforeTheBodyWasSentEndsIt() throws Exception {
    backend.close();
    try (ServerSocket early = new ServerSocket(0)) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  while (true) {
                    Socket socket = early.accept();
                    Backend.HttpText.head(socket.getInputStream());
                    socket.getOutputStream().write(Backend.ok("early"));
                  }
                } catch (IOException _) {
                  // The test is over.
                }
              });
      proxy.upstream.endpoints(
          new EndpointSet(
              List.of(new Endpoint(new InetSocketAddress("127.0.0.1", early.getLocalPort()))),
              false));
      try (TestClient client = proxy.client()) {
        client.send(head("POST", 3 * MEGABYTE));
        client.send(noise);
        assertThat(client.read().text()).isEqualTo("early");
      }
    }
  }
}
