package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import io.netty.handler.codec.http2.Http2Error;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A response that is longer than the first windows reaches its end, however the client opens them:
/// the upstream answers as soon as it has the head, all at once.
@ExtendWith(LeakCheck.class)
class Http2WindowsIT {
  private static final int LENGTH = 70_000;
  private static final int FIRST_WINDOW = 65_535;
  private static final int MORE = 100_000;

  private ServerSocket backend;
  private TestProxy proxy;

  @BeforeEach
  void start() throws Exception {
    backend = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
    proxy = new TestProxy();
    Endpoint endpoint = new Endpoint((InetSocketAddress) backend.getLocalSocketAddress());
    proxy.upstream.endpoints(new EndpointSet(List.of(endpoint), false));
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    backend.close();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = backend.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException _) {
      // The test is over.
    }
  }

  private static void serve(Socket socket) {
    byte[] head = Backend.bytes("HTTP/1.1 200 OK\r\nContent-Length: " + LENGTH + "\r\n\r\n");
    try (socket) {
      BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
      while (Backend.HttpText.head(in) != null) {
        byte[] answer = new byte[head.length + LENGTH];
        System.arraycopy(head, 0, answer, 0, head.length);
        socket.getOutputStream().write(answer);
      }
    } catch (IOException _) {
      // The other end is gone.
    }
  }

  /// How a client lets the rest come once it has what its first windows allowed.
  enum Opening {
    STREAM_THEN_CONNECTION {
      @Override
      void open(RawH2 raw, int stream) throws IOException {
        raw.window(stream, MORE);
        raw.window(0, MORE);
      }
    },
    CONNECTION_THEN_STREAM {
      @Override
      void open(RawH2 raw, int stream) throws IOException {
        raw.window(0, MORE);
        raw.window(stream, MORE);
      }
    },
    FIRST_WINDOW_OF_STREAMS {
      @Override
      void open(RawH2 raw, int stream) throws IOException {
        raw.window(0, MORE);
        raw.send(RawH2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 2, 0, 0});
      }
    },
    EXACTLY_THE_REST {
      @Override
      void open(RawH2 raw, int stream) throws IOException {
        raw.window(0, LENGTH - FIRST_WINDOW);
        raw.window(stream, LENGTH - FIRST_WINDOW);
      }
    },
    BY_DROPS {
      @Override
      void open(RawH2 raw, int stream) throws IOException {
        for (int i = 0; i < 50; i++) {
          raw.window(i % 2 == 0 ? stream : 0, 100);
          raw.window(i % 2 == 0 ? 0 : stream, 100);
        }
      }
    };

    abstract void open(RawH2 raw, int stream) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void aGetEnds(Opening opening) throws Exception {
    try (RawH2 raw = new RawH2(proxy.server.httpPort())) {
      raw.headers(1, true, RawH2.get("/x"));
      take(raw, 1, FIRST_WINDOW);
      opening.open(raw, 1);
      take(raw, 1, LENGTH - FIRST_WINDOW);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPostWhoseBodyIsNotAtItsEndIsAnsweredAsWell(Opening opening) throws Exception {
    try (RawH2 raw = new RawH2(proxy.server.httpPort())) {
      beginPost(raw, 1);
      take(raw, 1, FIRST_WINDOW);
      opening.open(raw, 1);
      take(raw, 1, LENGTH - FIRST_WINDOW);
      // Nobody waits for the rest of the body.
      RawH2.Frame reset = raw.read(RawH2.RST_STREAM);
      assertThat(reset.stream()).isEqualTo(1);
      assertThat(reset.code()).isEqualTo((int) Http2Error.NO_ERROR.code());
    }
  }

  @ParameterizedTest
  @EnumSource
  void theWindowOfTheConnectionOpensBehindAFirstStreamThatWasReset(Opening opening)
      throws Exception {
    try (RawH2 raw = new RawH2(proxy.server.httpPort())) {
      raw.headers(1, false, RawH2.post("/x", "transfer-encoding", "chunked"));
      assertThat(raw.read(RawH2.RST_STREAM).stream()).isEqualTo(1);
      beginPost(raw, 3);
      take(raw, 3, FIRST_WINDOW);
      opening.open(raw, 3);
      take(raw, 3, LENGTH - FIRST_WINDOW);
    }
  }

  @Test
  void windowsThatWereOpenedAheadLetAllOfItCome() throws Exception {
    try (RawH2 raw = new RawH2(proxy.server.httpPort())) {
      raw.window(0, MORE);
      beginPost(raw, 1);
      raw.window(1, MORE);
      take(raw, 1, LENGTH);
    }
  }

  /// Sends so much of a body that the request goes on, and not its end.
  private static void beginPost(RawH2 raw, int stream) throws IOException {
    raw.headers(stream, false, RawH2.post("/x"));
    raw.send(RawH2.DATA, 0, stream, new byte[16_384]);
  }

  /// Reads exactly so many bytes of a body.
  private static void take(RawH2 raw, int stream, int bytes) throws IOException {
    int got = 0;
    while (got < bytes) {
      RawH2.Frame data = raw.read(RawH2.DATA);
      assertThat(data).as("more behind %d bytes", got).isNotNull();
      assertThat(data.stream()).isEqualTo(stream);
      got += data.payload().length;
    }
    assertThat(got).isEqualTo(bytes);
  }
}
