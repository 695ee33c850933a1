package dev.lintel.ingress;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A collector on a loopback socket that takes OTLP, over gRPC or over HTTP, and decodes it.
final class OtlpReceiver implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  /// A span as it came.
  ///
  /// @param parent empty for none
  /// @param status 0 unset, 2 error
  record Span(
      String service,
      String trace,
      String id,
      String parent,
      String name,
      long kind,
      long start,
      long end,
      long status,
      Map<String, String> attributes) {}

  private final List<Span> spans = new CopyOnWriteArrayList<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final int port;
  private final Runnable stop;

  /// What a gRPC server answers with; another one than 0 is an error.
  volatile String grpcStatus = "0";

  private OtlpReceiver(boolean isGrpc) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (isGrpc) {
      MultiThreadIoEventLoopGroup group =
          new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
      Channel listener =
          new ServerBootstrap()
              .group(group)
              .channel(NioServerSocketChannel.class)
              .childHandler(connection())
              .bind(any)
              .syncUninterruptibly()
              .channel();
      port = ((InetSocketAddress) listener.localAddress()).getPort();
      // A busy loop that may end at once ends without having closed its connections.
      stop = () -> group.shutdownGracefully(20, 5_000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    } else {
      HttpServer server = HttpServer.create(any, 0);
      server.createContext("/v1/traces", this::take);
      server.start();
      port = server.getAddress().getPort();
      stop = () -> server.stop(0);
    }
  }

  static OtlpReceiver grpc() throws IOException {
    return new OtlpReceiver(true);
  }

  static OtlpReceiver http() throws IOException {
    return new OtlpReceiver(false);
  }

  int port() {
    return port;
  }

  /// How many exports came.
  int requests() {
    return requests.get();
  }

  /// The spans that came, once there are so many.
  List<Span> await(int count) throws InterruptedException {
    long until = System.nanoTime() + PATIENCE_NANOS;
    while (spans.size() < count && System.nanoTime() < until) {
      Thread.sleep(10);
    }
    return List.copyOf(spans);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.incrementAndGet();
      boolean isProtobuf =
          "application/x-protobuf".equals(exchange.getRequestHeaders().getFirst("Content-Type"));
      decode(exchange.getRequestBody().readAllBytes());
      exchange.sendResponseHeaders(isProtobuf ? 200 : 415, -1);
    }
  }

  private ChannelInitializer<Channel> connection() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel
            .pipeline()
            .addLast(
                Http2FrameCodecBuilder.forServer().build(),
                new Http2MultiplexHandler(
                    new ChannelInitializer<>() {
                      @Override
                      protected void initChannel(Channel stream) {
                        stream.pipeline().addLast(new GrpcCall());
                      }
                    }));
      }
    };
  }

  /// One call of `Export`.
  private final class GrpcCall extends ChannelInboundHandlerAdapter {
    private final ByteBuf message = Unpooled.buffer();
    private boolean isExport;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
      if (frame instanceof Http2HeadersFrame head) {
        Http2Headers fields = head.headers();
        isExport =
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
                    .contentEquals(fields.path())
                && "application/grpc".contentEquals(fields.get("content-type"))
                && "trailers".contentEquals(fields.get("te"))
                && "POST".contentEquals(fields.method());
      } else if (frame instanceof Http2DataFrame data) {
        message.writeBytes(data.content());
        boolean last = data.isEndStream();
        data.release();
        if (last) {
          answer(ctx);
        }
      }
    }

    private void answer(ChannelHandlerContext ctx) {
      requests.incrementAndGet();
      boolean isCompressed = message.readByte() != 0;
      int length = message.readInt();
      String status = isExport && !isCompressed && length == message.readableBytes() ? "0" : "3";
      if (status.equals("0") && grpcStatus.equals("0")) {
        decode(ByteBufUtil.getBytes(message));
      }
      ctx.write(
          new DefaultHttp2HeadersFrame(
              new DefaultHttp2Headers().status("200").set("content-type", "application/grpc")));
      String said = status.equals("0") ? grpcStatus : status;
      ctx.writeAndFlush(
          new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().set("grpc-status", said), true));
    }
  }

  private void decode(byte[] request) {
    for (Object resourceSpans : Message.of(request).all(1)) {
      Message one = Message.of((byte[]) resourceSpans);
      Map<String, String> resource = attributes(one.message(1), 1);
      for (Object scope : one.all(2)) {
        for (Object span : Message.of((byte[]) scope).all(2)) {
          spans.add(span(resource.get("service.name"), Message.of((byte[]) span)));
        }
      }
    }
  }

  private static Span span(String service, Message span) {
    HexFormat hex = HexFormat.of();
    return new Span(
        service,
        hex.formatHex((byte[]) span.one(1)),
        hex.formatHex((byte[]) span.one(2)),
        span.all(4).isEmpty() ? "" : hex.formatHex((byte[]) span.one(4)),
        text(span.one(5)),
        (long) span.one(6),
        (long) span.one(7),
        (long) span.one(8),
        span.all(15).isEmpty() ? 0 : (long) span.message(15).one(3),
        attributes(span, 9));
  }

  private static Map<String, String> attributes(Message of, int field) {
    Map<String, String> attributes = new HashMap<>();
    for (Object each : of.all(field)) {
      Message pair = Message.of((byte[]) each);
      Message value = pair.message(2);
      boolean isText = !value.all(1).isEmpty();
      attributes.put(text(pair.one(1)), isText ? text(value.one(1)) : value.one(3).toString());
    }
    return attributes;
  }

  private static String text(Object bytes) {
    return new String((byte[]) bytes, StandardCharsets.UTF_8);
  }

  /// A message of Protocol Buffers: fields by number, as numbers or bytes.
  private record Message(Map<Integer, List<Object>> fields) {
    static Message of(byte[] bytes) {
      ByteBuf in = Unpooled.wrappedBuffer(bytes);
      Map<Integer, List<Object>> fields = new HashMap<>();
      while (in.isReadable()) {
        int tag = (int) varint(in);
        Object value =
            switch (tag & 7) {
              case 0 -> varint(in);
              case 1 -> in.readLongLE();
              case 2 -> {
                byte[] content = new byte[(int) varint(in)];
                in.readBytes(content);
                yield content;
              }
              case 5 -> (long) in.readIntLE();
              default -> throw new IllegalStateException("wire type " + (tag & 7));
            };
        fields.computeIfAbsent(tag >>> 3, _ -> new ArrayList<>()).add(value);
      }
      return new Message(fields);
    }

    private static long varint(ByteBuf in) {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte b = in.readByte();
        value |= (b & 0x7fL) << shift;
        if (b >= 0) {
          return value;
        }
      }
    }

    List<Object> all(int field) {
      return fields.getOrDefault(field, List.of());
    }

    Object one(int field) {
      return all(field).getFirst();
    }

    Message message(int field) {
      return of((byte[]) one(field));
    }
  }

  @Override
  public void close() {
    stop.run();
  }
}
