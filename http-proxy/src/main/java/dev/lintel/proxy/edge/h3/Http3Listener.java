package dev.lintel.proxy.edge.h3;

import dev.lintel.proxy.AddressInUse;
import dev.lintel.proxy.edge.Admission;
import dev.lintel.proxy.exchange.LoopTraffic;
import dev.lintel.tls.CertificateIndex;
import dev.lintel.tls.QuicContexts;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.quic.QuicCodecDispatcher;
import io.netty.handler.codec.quic.QuicConnectionIdGenerator;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// The UDP sockets of a proxy: one for each loop where the kernel can spread clients among them,
/// else one. Made and closed by one thread.
final class Http3Listener implements AutoCloseable {
  private static final String PROTOCOL = "h3";

  private final Admission admission;
  private final LoopTraffic[] traffic;
  private final QuicContexts contexts;
  private final byte[] key = RetryTokens.newKey();
  private final List<Channel> sockets = new ArrayList<>();
  private volatile boolean serves = true;

  private Http3Listener(Admission admission, LoopTraffic[] traffic) {
    this.admission = admission;
    this.traffic = traffic;
    this.contexts = new QuicContexts(() -> admission.server().config().certificates(), PROTOCOL);
  }

  /// Listens.
  ///
  /// @throws AddressInUse where the port is taken
  static Http3Listener open(
      Admission admission, LoopTraffic[] traffic, List<InetAddress> addresses, int port)
      throws AddressInUse {
    Http3Listener listener = new Http3Listener(admission, traffic);
    boolean listening = false;
    try {
      for (InetAddress address : addresses) {
        listener.listen(address, port);
      }
      listening = true;
      return listener;
    } finally {
      if (!listening) {
        listener.close();
      }
    }
  }

  private void listen(InetAddress address, int port) throws AddressInUse {
    probe(address, port);
    boolean shares = traffic[0].loop().transport().sharesPorts();
    H3Initializer pipelines = new H3Initializer(admission, () -> serves);
    Dispatcher dispatcher = new Dispatcher(pipelines);
    for (LoopTraffic each : traffic) {
      Bootstrap bootstrap =
          new Bootstrap()
              .group(each.loop().eventLoop())
              .channel(shares ? EpollDatagramChannel.class : NioDatagramChannel.class)
              .option(ChannelOption.SO_RCVBUF, H3Limits.SOCKET_BUFFER)
              .option(ChannelOption.SO_SNDBUF, H3Limits.SOCKET_BUFFER)
              .option(
                  ChannelOption.RECVBUF_ALLOCATOR,
                  new FixedRecvByteBufAllocator(H3Limits.PACKET)
                      .maxMessagesPerRead(H3Limits.PACKETS_IN_A_ROW))
              .handler(dispatcher);
      if (shares) {
        bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
      }
      ChannelFuture bound = bootstrap.bind(address, port).awaitUninterruptibly();
      if (!bound.isSuccess()) {
        throw new AddressInUse(address.getHostAddress(), port, bound.cause());
      }
      sockets.add(bound.channel());
      if (!shares) {
        break;
      }
    }
  }

  /// As with TCP: sockets that share a port do so with other processes as well.
  private static void probe(InetAddress address, int port) throws AddressInUse {
    try (DatagramSocket socket = new DatagramSocket(null)) {
      socket.setReuseAddress(false);
      socket.bind(new InetSocketAddress(address, port));
    } catch (SocketException e) {
      throw new AddressInUse(address.getHostAddress(), port, e);
    }
  }

  /// Whether new connections are let in; those that are there are not touched.
  void serve(boolean wanted) {
    serves = wanted;
  }

  /// Lets go of the certificates that an index does not have.
  void keepOnly(CertificateIndex index) {
    contexts.keepOnly(index);
  }

  /// Closes the sockets, and with them all connections.
  @Override
  public void close() {
    for (Channel socket : sockets) {
      socket.close().awaitUninterruptibly();
    }
  }

  /// Makes the codec of each socket; connection ids begin with the number of the socket that has
  /// the connection, so that packets find it whichever socket they came to.
  private final class Dispatcher extends QuicCodecDispatcher {
    private final H3Initializer pipelines;
    private final List<HandedOver> numbered = new CopyOnWriteArrayList<>();

    Dispatcher(H3Initializer pipelines) {
      this.pipelines = pipelines;
    }

    @Override
    protected void initChannel(Channel socket, int idLength, QuicConnectionIdGenerator ids) {
      HandedOver handedOver = new HandedOver(numbered, idLength);
      numbered.add(handedOver);
      socket
          .pipeline()
          .addFirst(handedOver.socket())
          .addLast(handedOver, new ClientPorts(idLength), codec(idLength, ids));
    }

    private ChannelHandler codec(int idLength, QuicConnectionIdGenerator ids) {
      return Http3.newQuicServerCodecBuilder()
          .sslEngineProvider(channel -> contexts.newEngine(channel.alloc()))
          .localConnectionIdLength(idLength)
          .connectionIdAddressGenerator(ids)
          .tokenHandler(
              new RetryTokens(
                  key, idLength, () -> TimeUnit.NANOSECONDS.toSeconds(System.nanoTime())))
          .maxIdleTimeout(H3Limits.SILENCE_MILLIS, TimeUnit.MILLISECONDS)
          .initialMaxData(H3Limits.CONNECTION_WINDOW)
          .initialMaxStreamDataBidirectionalLocal(0)
          .initialMaxStreamDataBidirectionalRemote(H3Limits.STREAM_WINDOW)
          .initialMaxStreamDataUnidirectional(H3Limits.ONE_WAY_WINDOW)
          .initialMaxStreamsBidirectional(H3Limits.STREAMS)
          .initialMaxStreamsUnidirectional(H3Limits.ONE_WAY_STREAMS)
          .activeMigration(false)
          .activeConnectionIdLimit(H3Limits.CONNECTION_IDS)
          .streamOption(
              ChannelOption.RECVBUF_ALLOCATOR,
              new FixedRecvByteBufAllocator(H3Limits.READ).maxMessagesPerRead(2))
          .handler(pipelines)
          .build();
    }
  }
}
