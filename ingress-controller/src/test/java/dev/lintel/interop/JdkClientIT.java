package dev.lintel.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.LeakCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The JDK's HTTP and WebSocket clients over TLS; behind the product the JDK's server, and a raw
/// socket that knows as much of WebSocket as it needs.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class JdkClientIT {
  private JdkUpstream jdk;
  private ServerSocket sockets;
  private Site web;
  private Site talk;

  @BeforeAll
  void start(@TempDir Path first, @TempDir Path second) throws Exception {
    jdk = new JdkUpstream();
    sockets = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
    // The client takes the host's name from the URI and this machine knows one name.
    web = Site.plan().host("localhost", jdk.port()).start(first);
    talk = Site.plan().host("localhost", sockets.getLocalPort()).start(second);
  }

  @AfterAll
  void stop() throws Exception {
    web.close();
    talk.close();
    sockets.close();
    jdk.close();
  }

  private static HttpClient client(Site site, HttpClient.Version version) throws Exception {
    return HttpClient.newBuilder()
        .version(version)
        .sslContext(site.trust())
        .connectTimeout(Duration.ofSeconds(10))
        .build();
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void requestsWithAndWithoutBodiesAreAnswered(HttpClient.Version version) throws Exception {
    URI uri = URI.create("https://localhost:" + web.httpsPort() + "/a?b=c");
    try (HttpClient client = client(web, version)) {
      HttpResponse<String> got =
          client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(got.version()).isEqualTo(version);
      assertThat(got.body()).startsWith("GET /a?b=c host=localhost");
      HttpResponse<String> posted =
          client.send(
              HttpRequest.newBuilder(uri)
                  .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[1_000_000]))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(posted.body()).contains("POST /a?b=c", "size=1000000");
    }
  }

  @Test
  void aWebSocketTalksBothWaysAndIsClosedInOrder() throws Exception {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    try (HttpClient client = client(talk, HttpClient.Version.HTTP_1_1)) {
      WebSocket socket =
          client
              .newWebSocketBuilder()
              .buildAsync(URI.create("wss://localhost:" + talk.httpsPort() + "/chat"), told(events))
              .get(20, TimeUnit.SECONDS);
      for (int i = 0; i < 20; i++) {
        socket.sendText("word" + i, true).get(10, TimeUnit.SECONDS);
        assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("word" + i);
      }
      String large = "x".repeat(60_000);
      socket.sendText(large, true).get(10, TimeUnit.SECONDS);
      assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo(large);
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").get(10, TimeUnit.SECONDS);
      assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("closed 1000");
    }
  }

  private static WebSocket.Listener told(BlockingQueue<String> events) {
    return new WebSocket.Listener() {
      private final StringBuilder text = new StringBuilder();

      @Override
      public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
          events.add(text.toString());
          text.setLength(0);
        }
        socket.request(1);
        return null;
      }

      @Override
      public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        events.add("closed " + code);
        return null;
      }

      @Override
      public void onError(WebSocket socket, Throwable error) {
        events.add(error.toString());
      }
    };
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = sockets.accept();
        Thread.ofVirtual().start(() -> echo(socket));
      }
    } catch (IOException _) {
      // closed by the test
    }
  }

  /// Sends each frame back as it came, without its mask (RFC 6455 5.2).
  private static void echo(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.read());
      }
      out.write(
          ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  + "Sec-WebSocket-Accept: "
                  + accepted(head.toString())
                  + "\r\n\r\n")
              .getBytes(UTF_8));
      int first;
      while ((first = in.read()) >= 0) {
        int length = in.read() & 0x7f;
        byte[] more = in.readNBytes(length == 126 ? 2 : length == 127 ? 8 : 0);
        if (more.length > 0) {
          length = 0;
          for (byte each : more) {
            length = length << 8 | each & 0xff;
          }
        }
        byte[] mask = in.readNBytes(4);
        byte[] payload = in.readNBytes(length);
        for (int i = 0; i < length; i++) {
          payload[i] ^= mask[i & 3];
        }
        out.write(first);
        out.write(more.length == 0 ? length : more.length == 2 ? 126 : 127);
        out.write(more);
        out.write(payload);
        if ((first & 0xf) == 8) {
          return;
        }
      }
    } catch (Exception _) {
      // the other end is gone
    }
  }

  private static String accepted(String head) throws Exception {
    for (String line : head.split("\r\n")) {
      if (line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:")) {
        String key = line.substring(18).strip() + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
        return Base64.getEncoder()
            .encodeToString(MessageDigest.getInstance("SHA-1").digest(key.getBytes(UTF_8)));
      }
    }
    throw new IOException("no key: " + head);
  }
}
