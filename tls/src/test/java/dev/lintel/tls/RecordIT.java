package dev.lintel.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What happens on a connection once its handshake is over: real sockets, JSSE as the client.
@Timeout(60)
class RecordIT {
  private static final int[] SIZES = {1, 100, 5_000, 16_384, 16_385, 100_000};

  private final SslContexts contexts = new SslContexts(TicketKeys.random());
  private final CertificateIndex index =
      CertificateIndex.builder(
              contexts.of(SelfMadeCertificate.issue(Instant.now()), TlsPolicy.INTERMEDIATE))
          .build();
  private TlsServer server;

  @AfterEach
  void stop() throws InterruptedException {
    server.close();
    contexts.close();
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1.2, 1", "TLSv1.2, 7", "TLSv1.2, 4097", "TLSv1.2, 65536",
    "TLSv1.3, 1", "TLSv1.3, 7", "TLSv1.3, 4097", "TLSv1.3, 65536"
  })
  void everyByteComesBackHoweverTheRecordsAreCutOnTheWay(String protocol, int piece)
      throws Exception {
    server = new TlsServer(index);
    try (Relay relay = new Relay(server.port(), piece);
        SSLSocket socket = connect(relay.port(), protocol)) {
      for (int size : SIZES) {
        if (size / piece < 20_000) {
          echo(socket, size);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2", "TLSv1.3"})
  void whatIsWrittenInManyPiecesBeforeAFlushArrivesInOrder(String protocol) throws Exception {
    server = new TlsServer(index, Crumbs::new);
    try (SSLSocket socket = connect(server.port(), protocol)) {
      echo(socket, 1);
      echo(socket, 1_000);
      echo(socket, 1);
    }
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2", "TLSv1.3"})
  void theEndOfAClientIsAnsweredWithAnEnd(String protocol) throws Exception {
    server = new TlsServer(index);
    try (SSLSocket socket = connect(server.port(), protocol)) {
      echo(socket, 10);
      socket.shutdownOutput();
      assertThat(socket.getInputStream().read()).isEqualTo(-1); // JSSE throws if TCP just ends
    }
  }

  @Test
  void whatIsNoRecordEndsTheConnection() throws Exception {
    server = new TlsServer(index);
    try (Socket plain = new Socket("127.0.0.1", server.port())) {
      plain.setSoTimeout(10_000);
      SSLSocket socket = over(plain, "TLSv1.3");
      echo(socket, 10);
      plain.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes());
      assertThat(untilTheEnd(plain.getInputStream())).isLessThan(100);
    }
  }

  @Test
  void aRecordThatWasTamperedWithReachesNobody() throws Exception {
    AtomicInteger heard = new AtomicInteger();
    server = new TlsServer(index, () -> new Ear(heard, false));
    try (Relay relay = new Relay(server.port(), 65_536);
        SSLSocket socket = connect(relay.port(), "TLSv1.3")) {
      socket.getOutputStream().write(1);
      assertThat(socket.getInputStream().read()).isEqualTo(1);
      relay.tamper = true;
      socket.getOutputStream().write(new byte[100]);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("bad_record_mac"); // the alert
      assertThat(heard).hasValue(1);
    }
  }

  @Test
  void nothingMoreIsReadThanIsAskedFor() throws Exception {
    AtomicInteger heard = new AtomicInteger();
    server = new TlsServer(index, () -> new Ear(heard, true));
    try (SSLSocket socket = connect(server.port(), "TLSv1.3")) {
      for (int i = 0; i < 20; i++) {
        socket.getOutputStream().write(1);
        if (i == 0) {
          assertThat(socket.getInputStream().read()).isEqualTo(1);
        }
      }
      socket.setSoTimeout(300);
      assertThat(silent(socket.getInputStream())).isTrue();
      assertThat(heard).hasValue(1);
    }
  }

  private static boolean silent(InputStream in) {
    try {
      return in.read() < 0;
    } catch (IOException e) {
      return true;
    }
  }

  private static int untilTheEnd(InputStream in) throws SocketTimeoutException {
    int read = 0;
    try {
      while (in.read() >= 0) {
        read++;
      }
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      // A reset is an end as well.
    }
    return read;
  }

  private static void echo(Socket socket, int size) throws IOException {
    byte[] sent = new byte[size];
    new Random(size).nextBytes(sent);
    Thread writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    socket.getOutputStream().write(sent);
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                });
    assertThat(socket.getInputStream().readNBytes(size)).isEqualTo(sent);
    join(writer);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SSLSocket connect(int port, String protocol) throws Exception {
    Socket plain = new Socket("127.0.0.1", port);
    plain.setSoTimeout(10_000);
    return over(plain, protocol);
  }

  private static SSLSocket over(Socket plain, String protocol) throws Exception {
    SSLSocket socket =
        (SSLSocket)
            JsseClient.context()
                .getSocketFactory()
                .createSocket(plain, "127.0.0.1", plain.getPort(), true);
    socket.setEnabledProtocols(new String[] {protocol});
    socket.startHandshake();
    return socket;
  }

  /// Echoes each byte as a write of its own, and flushes behind the last one.
  private static final class Crumbs extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      while (bytes.isReadable()) {
        ctx.write(bytes.readRetainedSlice(1));
      }
      bytes.release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }
  }

  /// Counts and echoes what it hears; may ask for no more than once.
  private static final class Ear extends ChannelInboundHandlerAdapter {
    private final AtomicInteger heard;
    private final boolean once;

    Ear(AtomicInteger heard, boolean once) {
      this.heard = heard;
      this.once = once;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.channel().config().setAutoRead(!once);
      heard.incrementAndGet();
      ctx.writeAndFlush(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  /// Passes one connection on, in pieces of a given size, each in a packet of its own.
  private static final class Relay implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final int piece;
    private final Socket server;
    private volatile boolean tamper;

    Relay(int target, int piece) throws IOException {
      this.piece = piece;
      this.server = new Socket("127.0.0.1", target);
      server.setTcpNoDelay(true);
      server.setSoTimeout(10_000);
      Thread.ofVirtual().start(this::accept);
    }

    int port() {
      return listener.getLocalPort();
    }

    private void accept() {
      try (Socket client = listener.accept()) {
        client.setTcpNoDelay(true);
        Thread back = Thread.ofVirtual().start(() -> copy(server, client, false));
        copy(client, server, true);
        join(back);
      } catch (IOException e) {
        // The test has ended.
      }
    }

    private void copy(Socket from, Socket to, boolean forward) {
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] bytes = new byte[piece];
        for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
          if (tamper && forward) {
            bytes[n - 1]++;
          }
          out.write(bytes, 0, n);
        }
      } catch (IOException e) {
        // One side has ended.
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
      server.close();
    }
  }
}
