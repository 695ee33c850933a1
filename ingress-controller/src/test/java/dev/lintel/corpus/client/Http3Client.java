package dev.lintel.corpus.client;

import dev.lintel.corpus.cases.CorpusCase.Field;
import dev.lintel.corpus.client.PlainClient.End;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamResetException;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// An HTTP/3 connection that sends one request with whatever fields it is told to, and keeps what
/// comes back.
public final class Http3Client implements AutoCloseable {
  private static final EventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private static final int MESSAGE_ERROR = 0x10e;
  private static final int PROTOCOL_ERROR_OF_H2 = 1;

  private final Channel socket;
  private final QuicChannel connection;
  private final StringBuilder head = new StringBuilder();
  private final StringBuilder body = new StringBuilder();
  private final List<Integer> resets = new ArrayList<>();
  private @Nullable Integer status;
  private @Nullable Integer closed;
  private boolean complete;

  private Http3Client(Channel socket, int port) throws InterruptedException, ExecutionException {
    this.socket = socket;
    this.connection =
        QuicChannel.newBootstrap(socket)
            .handler(new Connection())
            .remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .connect()
            .get();
  }

  /// Connects to a port of this machine.
  public static Http3Client connect(int port, String server)
      throws IOException, InterruptedException {
    QuicSslContext tls =
        QuicSslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .applicationProtocols("h3")
            .build();
    ChannelHandler codec =
        Http3.newQuicClientCodecBuilder()
            .sslEngineProvider(channel -> tls.newEngine(channel.alloc(), server, port))
            .maxIdleTimeout(20, TimeUnit.SECONDS)
            .initialMaxData(1 << 20)
            .initialMaxStreamDataBidirectionalLocal(1 << 20)
            .build();
    Channel socket =
        new Bootstrap()
            .group(LOOPS)
            .channel(NioDatagramChannel.class)
            .handler(codec)
            .bind(0)
            .sync()
            .channel();
    try {
      return new Http3Client(socket, port);
    } catch (ExecutionException e) {
      socket.close();
      throw new IOException(e);
    }
  }

  /// Sends a request; its half ends behind it.
  public void send(List<Field> fields, List<String> data, List<Field> trailers)
      throws IOException, InterruptedException {
    QuicStreamChannel stream;
    try {
      stream = Http3.newRequestStream(connection, new Reply()).get();
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
    stream.write(new DefaultHttp3HeadersFrame(list(fields)));
    for (String piece : data) {
      stream.write(
          new DefaultHttp3DataFrame(Unpooled.copiedBuffer(piece, StandardCharsets.ISO_8859_1)));
    }
    if (!trailers.isEmpty()) {
      stream.write(new DefaultHttp3HeadersFrame(list(trailers)));
    }
    stream.eventLoop().execute(() -> stream.shutdownOutput());
  }

  private static Http3Headers list(List<Field> fields) {
    Http3Headers list = new DefaultHttp3Headers(false);
    for (Field field : fields) {
      list.add(bytes(field.name()), bytes(field.value()));
    }
    return list;
  }

  private static AsciiString bytes(String text) {
    return new AsciiString(text.getBytes(StandardCharsets.ISO_8859_1), false);
  }

  /// Waits for the end of the request, or of the connection.
  public synchronized void await(long millis) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    while (!complete && resets.isEmpty() && closed == null) {
      long rest = (deadline - System.nanoTime()) / 1_000_000;
      if (rest <= 0) {
        return;
      }
      wait(rest);
    }
  }

  /// Whether another request is answered, by whatever status.
  public boolean isAlive(long millis) throws InterruptedException {
    if (closed != null || !connection.isActive()) {
      return false;
    }
    synchronized (this) {
      complete = false;
    }
    List<Integer> before = resets();
    resets.clear();
    int headLength = head.length();
    int bodyLength = body.length();
    Integer first = status;
    try {
      send(
          List.of(
              new Field(":method", "GET"),
              new Field(":scheme", "https"),
              new Field(":authority", "alive.test"),
              new Field(":path", "/healthz")),
          List.of(),
          List.of());
    } catch (IOException _) {
      return false;
    }
    await(millis);
    boolean alive = complete;
    synchronized (this) {
      resets.clear();
      resets.addAll(before);
      head.setLength(headLength);
      body.setLength(bodyLength);
      status = first;
    }
    return alive;
  }

  /// The response, if there is one.
  public synchronized List<Answer> answers() {
    return status == null
        ? List.of()
        : List.of(new Answer(status, head.toString(), body.toString(), complete));
  }

  /// The codes of streams that were reset, as HTTP/2 has them.
  public synchronized List<Integer> resets() {
    return List.copyOf(resets);
  }

  /// The code that the connection ended with, or null.
  public synchronized @Nullable Integer closed() {
    return closed;
  }

  /// How the connection stands.
  public synchronized End end() {
    return closed == null ? End.OPEN : End.CLOSED;
  }

  @Override
  public void close() throws InterruptedException {
    connection.close().await(2, TimeUnit.SECONDS);
    socket.close().await(2, TimeUnit.SECONDS);
  }

  /// Hears of the connection's end.
  private final class Connection extends ChannelInitializer<QuicChannel> {
    @Override
    protected void initChannel(QuicChannel channel) {
      channel.pipeline().addLast(new Http3ClientConnectionHandler());
      channel
          .pipeline()
          .addLast(
              new ChannelInboundHandlerAdapter() {
                @Override
                public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                  if (event instanceof QuicConnectionCloseEvent end) {
                    synchronized (Http3Client.this) {
                      closed = end.error();
                      Http3Client.this.notifyAll();
                    }
                  }
                  ctx.fireUserEventTriggered(event);
                }
              });
    }
  }

  /// Keeps what comes on a stream.
  private final class Reply extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      synchronized (Http3Client.this) {
        if (message instanceof Http3HeadersFrame list) {
          CharSequence said = list.headers().status();
          if (said != null) {
            status = Integer.valueOf(said.toString());
          }
          list.headers()
              .forEach(
                  e -> head.append(e.getKey()).append(": ").append(e.getValue()).append("\r\n"));
        } else if (message instanceof Http3DataFrame data) {
          body.append(data.content().toString(StandardCharsets.ISO_8859_1));
        }
      }
      ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownReadComplete.INSTANCE) {
        synchronized (Http3Client.this) {
          complete = true;
          Http3Client.this.notifyAll();
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (cause instanceof QuicStreamResetException reset) {
        synchronized (Http3Client.this) {
          int code = (int) reset.applicationProtocolCode();
          resets.add(code == MESSAGE_ERROR ? PROTOCOL_ERROR_OF_H2 : code);
          Http3Client.this.notifyAll();
        }
      }
      ctx.close();
    }
  }
}
