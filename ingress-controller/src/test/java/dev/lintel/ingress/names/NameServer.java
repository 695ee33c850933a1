package dev.lintel.ingress.names;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.handler.codec.dns.TcpDnsResponseEncoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// A name server on loopback, over UDP and TCP, that says what it was told to say and remembers
/// what it was asked. Names that it was told nothing about do not exist.
public final class NameServer implements AutoCloseable {
  /// What was asked.
  public record Asked(String name, DnsRecordType type, boolean tcp, long nanos) {}

  /// One record of an answer.
  public record Entry(String name, DnsRecordType type, long ttl, byte[] content) {}

  /// What is said of one name.
  ///
  /// @param code of the response
  /// @param delayMillis before it is sent; negative: never
  /// @param denial for how long it holds that there is nothing
  public record Said(
      DnsResponseCode code, long delayMillis, long denial, boolean cutOff, List<Entry> entries) {}

  private static final int ROOM = 1_100;

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Map<String, Said> zone = new ConcurrentHashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final InetSocketAddress address;

  public NameServer() throws InterruptedException {
    Channel tcp =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(new Stream())
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    address = (InetSocketAddress) tcp.localAddress();
    new Bootstrap()
        .group(group)
        .channel(NioDatagramChannel.class)
        .handler(new Datagrams())
        .bind(address)
        .sync();
  }

  /// What a machine's resolv.conf would say.
  public ResolvConf conf(String... search) {
    return new ResolvConf(List.of(address), List.of(search), 5, 1_000);
  }

  /// The same with more patience.
  public ResolvConf patientConf() {
    return new ResolvConf(List.of(address), List.of(), 5, 20_000);
  }

  InetSocketAddress address() {
    return address;
  }

  /// The name has these addresses.
  public void has(String name, long ttl, String... addresses) {
    List<Entry> entries = new ArrayList<>();
    for (String each : addresses) {
      entries.add(address(name, ttl, each));
    }
    say(name, new Said(DnsResponseCode.NOERROR, 0, 1, false, entries));
  }

  static Entry address(String name, long ttl, String address) {
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    return new Entry(name, bytes.length == 4 ? DnsRecordType.A : DnsRecordType.AAAA, ttl, bytes);
  }

  static Entry alias(String name, long ttl, String target) {
    ByteBuf bytes = Unpooled.buffer();
    for (String label : target.split("\\.")) {
      bytes.writeByte(label.length());
      bytes.writeCharSequence(label, StandardCharsets.US_ASCII);
    }
    bytes.writeByte(0);
    byte[] content = new byte[bytes.readableBytes()];
    bytes.readBytes(content);
    return new Entry(name, DnsRecordType.CNAME, ttl, content);
  }

  /// Says it of the name from now on.
  public void say(String name, Said said) {
    zone.put(name, said);
  }

  /// Nothing but this code.
  public void fail(String name, DnsResponseCode code) {
    say(name, new Said(code, 0, 1, false, List.of()));
  }

  /// Questions for the name are not answered.
  public void ignore(String name) {
    say(name, new Said(DnsResponseCode.NOERROR, -1, 1, false, List.of()));
  }

  /// All questions so far.
  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  List<String> names() {
    return asked.stream().map(each -> each.name() + " " + each.type().name()).toList();
  }

  private Said heard(DnsQuestion question, boolean tcp) {
    String name = NameAnswer.plain(question.name());
    asked.add(new Asked(name, question.type(), tcp, System.nanoTime()));
    return zone.getOrDefault(name, new Said(DnsResponseCode.NXDOMAIN, 0, 1, false, List.of()));
  }

  private static void fill(DnsResponse response, Said said, DnsQuestion question, boolean tcp) {
    response.setCode(said.code()).setRecursionAvailable(true);
    response.addRecord(
        DnsSection.QUESTION, new DefaultDnsQuestion(question.name(), question.type()));
    int bytes = 0;
    boolean some = false;
    for (Entry entry : said.entries()) {
      if (entry.type().equals(question.type()) || entry.type().equals(DnsRecordType.CNAME)) {
        bytes += entry.content().length + entry.name().length() + 12;
        if (!tcp && (said.cutOff() || bytes > ROOM)) {
          response.setTruncated(true);
          break;
        }
        response.addRecord(
            DnsSection.ANSWER,
            new DefaultDnsRawRecord(
                entry.name(), entry.type(), entry.ttl(), Unpooled.wrappedBuffer(entry.content())));
        some = true;
      }
    }
    if (!some) {
      ByteBuf soa = Unpooled.buffer().writeZero(2 + 16).writeInt((int) said.denial());
      response.addRecord(
          DnsSection.AUTHORITY,
          new DefaultDnsRawRecord("test", DnsRecordType.SOA, said.denial(), soa));
    }
  }

  private void later(ChannelHandlerContext ctx, Said said, DnsResponse response) {
    if (said.delayMillis() < 0) {
      response.release();
    } else {
      ctx.executor()
          .schedule(() -> ctx.writeAndFlush(response), said.delayMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private final class Datagrams extends ChannelInitializer<NioDatagramChannel> {
    @Override
    protected void initChannel(NioDatagramChannel channel) {
      channel
          .pipeline()
          .addLast(new DatagramDnsQueryDecoder(), new DatagramDnsResponseEncoder())
          .addLast(
              new SimpleChannelInboundHandler<DatagramDnsQuery>() {
                @Override
                protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery query) {
                  DnsQuestion question = query.recordAt(DnsSection.QUESTION);
                  Said said = heard(question, false);
                  DatagramDnsResponse response =
                      new DatagramDnsResponse(query.recipient(), query.sender(), query.id());
                  fill(response, said, question, false);
                  later(ctx, said, response);
                }
              });
    }
  }

  private final class Stream extends ChannelInitializer<NioSocketChannel> {
    @Override
    protected void initChannel(NioSocketChannel channel) {
      channel
          .pipeline()
          .addLast(new TcpDnsQueryDecoder(), new TcpDnsResponseEncoder())
          .addLast(
              new SimpleChannelInboundHandler<DnsQuery>() {
                @Override
                protected void channelRead0(ChannelHandlerContext ctx, DnsQuery query) {
                  DnsQuestion question = query.recordAt(DnsSection.QUESTION);
                  Said said = heard(question, true);
                  DefaultDnsResponse response = new DefaultDnsResponse(query.id());
                  fill(response, said, question, true);
                  later(ctx, said, response);
                }
              });
    }
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
