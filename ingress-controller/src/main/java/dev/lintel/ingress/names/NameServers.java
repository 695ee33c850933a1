package dev.lintel.ingress.names;

import io.netty.channel.AddressedEnvelope;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.resolver.DefaultHostsFileEntriesResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/// The servers that are asked, and the questions to them. Used on its event loop.
///
/// Each question goes out from a port of its own, which makes an answer harder to forge. One that
/// comes cut off is asked for again over TCP.
final class NameServers implements AutoCloseable {
  /// Fits into a packet on any way (DNS flag day 2020).
  private static final int PAYLOAD = 1_232;

  private final ResolvConf conf;
  private final DnsNameResolver resolver;
  private final DefaultHostsFileEntriesResolver hosts = new DefaultHostsFileEntriesResolver();

  NameServers(ResolvConf conf, EventLoop loop) {
    this.conf = conf;
    this.resolver =
        new DnsNameResolverBuilder(loop)
            .datagramChannelType(NioDatagramChannel.class)
            .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
            .socketChannelType(NioSocketChannel.class)
            .nameServerProvider(
                new SequentialDnsServerAddressStreamProvider(
                    conf.servers().toArray(InetSocketAddress[]::new)))
            .queryTimeoutMillis(conf.timeoutMillis())
            .maxPayloadSize(PAYLOAD)
            .searchDomains(List.of())
            .ndots(0)
            .build();
  }

  /// What the machine's hosts file says, where `hostAliases` of a pod stand; empty where it does
  /// not know the name.
  List<InetAddress> hosts(String name, boolean ipv6) {
    List<InetAddress> known = hosts.addresses(name, ResolvedAddressTypes.IPV4_ONLY);
    if (known == null && ipv6) {
      known = hosts.addresses(name, ResolvedAddressTypes.IPV6_ONLY);
    }
    return known == null ? List.of() : known.stream().map(NameServers::plain).toList();
  }

  /// Without the name, which would stand in the log.
  private static InetAddress plain(InetAddress named) {
    try {
      return InetAddress.getByAddress(named.getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // it has the length of an address
    }
  }

  ResolvConf conf() {
    return conf;
  }

  /// Asks one of the servers.
  ///
  /// @throws IllegalArgumentException where that can be no name
  Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> ask(
      int server, String name, DnsRecordType type) {
    return resolver.query(conf.servers().get(server), new DefaultDnsQuestion(name, type));
  }

  @Override
  public void close() {
    resolver.close();
  }
}
