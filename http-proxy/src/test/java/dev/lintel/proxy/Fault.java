package dev.lintel.proxy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// What a backend does wrong, over HTTP/1.1 and HTTP/2, and what clients may see of it.
enum Fault {
  /// Nobody listens on its port.
  REFUSES(Effect.NONE),
  /// Resets every connection before anything was read of it.
  RESETS_CONNECTIONS(Effect.NONE),
  /// Resets the connection once it has read a request.
  RESETS_AFTER_REQUEST(Effect.NONE) {
    @Override
    void http1(Socket socket, OutputStream out) throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    @Override
    void http2(H2Backend.Stream stream) throws IOException {
      stream.connection.cut();
    }
  },
  /// Ends in order without a word of an answer.
  CLOSES_AFTER_REQUEST(Effect.NONE) {
    @Override
    void http1(Socket socket, OutputStream out) throws IOException {
      socket.close();
    }

    @Override
    void http2(H2Backend.Stream stream) throws IOException {
      stream.reset(INTERNAL_ERROR);
    }
  },
  /// Reads and says nothing.
  HANGS(Effect.NONE) {
    @Override
    void http1(Socket socket, OutputStream out) throws Exception {
      TimeUnit.SECONDS.sleep(20);
    }

    @Override
    void http2(H2Backend.Stream stream) throws Exception {
      TimeUnit.SECONDS.sleep(20);
    }
  },
  /// Does not speak the protocol.
  SPEAKS_GARBAGE(Effect.BAD_GATEWAY) {
    @Override
    void http1(Socket socket, OutputStream out) throws IOException {
      out.write(Backend.bytes(GARBAGE[ThreadLocalRandom.current().nextInt(GARBAGE.length)]));
    }

    @Override
    void http2(H2Backend.Stream stream) throws IOException {
      if (ThreadLocalRandom.current().nextBoolean()) {
        stream.headers(true, ":status", "99");
      } else {
        stream.connection.send(RawH2.SETTINGS, 0, stream.id, new byte[5]);
      }
    }
  },
  /// Closes in the midst of a head.
  SENDS_HALF_A_HEAD(Effect.BAD_GATEWAY) {
    @Override
    void http1(Socket socket, OutputStream out) throws IOException {
      out.write(Backend.bytes("HTTP/1.1 200 OK\r\nContent-Le"));
      socket.close();
    }

    /// A head that is not ended, and then something else.
    @Override
    void http2(H2Backend.Stream stream) throws IOException {
      stream.connection.send(RawH2.HEADERS, 0, stream.id, RawH2.fields(":status", "200"));
      stream.connection.send(RawH2.DATA, RawH2.END_STREAM, stream.id, new byte[4]);
    }
  },
  /// Never comes to the answer.
  FLOODS_INTERIM_ANSWERS(Effect.BAD_GATEWAY) {
    @Override
    void http1(Socket socket, OutputStream out) throws IOException {
      out.write(Backend.bytes("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(INTERIM)));
      out.write(Backend.ok("at last"));
    }

    @Override
    void http2(H2Backend.Stream stream) throws Exception {
      for (int i = 0; i < INTERIM; i++) {
        stream.headers(false, ":status", "103", "link", "</a>");
      }
      stream.ok("at last");
    }
  },
  /// Ends before the length that it announced.
  SENDS_HALF_A_BODY(Effect.ABORT) {
    @Override
    void http1(Socket socket, OutputStream out) throws IOException {
      out.write(Backend.bytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly"));
      socket.close();
    }

    @Override
    void http2(H2Backend.Stream stream) throws Exception {
      stream.headers(false, ":status", "200", "content-length", "100");
      stream.data(true, "only");
    }
  },
  /// Goes away within a body of no announced length.
  CUTS_A_BODY(Effect.ABORT) {
    @Override
    void http1(Socket socket, OutputStream out) throws IOException {
      out.write(
          Backend.bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n"));
      socket.close();
    }

    @Override
    void http2(H2Backend.Stream stream) throws Exception {
      stream.headers(false, ":status", "200");
      stream.data(false, "only");
      stream.reset(INTERNAL_ERROR);
    }
  },
  /// Says that it cannot: an answer like any other.
  ANSWERS_503(Effect.PASSED_ON) {
    @Override
    void http1(Socket socket, OutputStream out) throws IOException {
      out.write(Backend.bytes("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"));
    }

    @Override
    void http2(H2Backend.Stream stream) throws Exception {
      stream.headers(false, ":status", "503");
      stream.data(true, "busy");
    }
  };

  /// What a client sees of it.
  enum Effect {
    /// Nothing, of a request that may be sent again.
    NONE,
    BAD_GATEWAY,
    /// An answer that is cut off, as such.
    ABORT,
    /// The answer as it is.
    PASSED_ON
  }

  private static final int INTERIM = 20;
  private static final int INTERNAL_ERROR = 2;

  private static final String[] GARBAGE = {
    "SSH-2.0-Server\r\n\r\n",
    "\u0000\u0001\u0002\u0003\r\n\r\n",
    "HTTP/1.1 two hundred\r\n\r\n",
    "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\nbody",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nbody"
  };

  final Effect effect;

  Fault(Effect effect) {
    this.effect = effect;
  }

  /// Whether it has a listener that knows what a request is.
  boolean isHeardOf() {
    return this != REFUSES && this != RESETS_CONNECTIONS;
  }

  /// Answers a request of HTTP/1.1.
  void http1(Socket socket, OutputStream out) throws Exception {
    throw new IllegalStateException("no request comes here");
  }

  /// Answers a request of HTTP/2.
  void http2(H2Backend.Stream stream) throws Exception {
    throw new IllegalStateException("no request comes here");
  }
}
