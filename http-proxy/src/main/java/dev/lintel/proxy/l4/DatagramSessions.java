package dev.lintel.proxy.l4;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Timer;
import dev.lintel.proxy.upstream.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The datagrams of one UDP service on one loop. What comes from one address and port of a client
/// is a session: it has a socket of its own towards one endpoint, so that answers find their way
/// back. The kernel gives all datagrams of a session to the same loop.
///
/// A session ends when each datagram of its client was answered as often as the rules say, when
/// nothing came for a while, when its endpoint turns it away, or when there are too many: then the
/// one that was silent for the longest time goes. What a socket does not take at once is dropped,
/// as networks do.
public final class DatagramSessions extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(DatagramSessions.class);

  /// The longest datagram that IP can carry: what is longer than its buffer would be cut.
  private static final int LONGEST = 65_535;

  private static final int READS_IN_A_ROW = 64;
  private static final int KERNEL_BUFFER = 1024 * 1024;

  private final Loop loop;
  private final Supplier<L4Config> config;
  private final int port;
  private final int most;
  private final ReflectiveChannelFactory<? extends DatagramChannel> sockets;
  private final Map<InetSocketAddress, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);
  private @Nullable Channel listener;

  /// @param config the present one, asked for each new session
  /// @param port of the service
  /// @param most sessions at a time
  public DatagramSessions(Loop loop, Supplier<L4Config> config, int port, int most) {
    this.loop = loop;
    this.config = config;
    this.port = port;
    this.most = most;
    this.sockets = new ReflectiveChannelFactory<>(loop.transport().datagrams());
  }

  /// Prepares a socket of datagrams, on either side.
  public static void prepare(DatagramChannel channel) {
    channel
        .config()
        .setReceiveBufferSize(KERNEL_BUFFER)
        .setRecvByteBufAllocator(
            new FixedRecvByteBufAllocator(LONGEST).maxMessagesPerRead(READS_IN_A_ROW));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    listener = ctx.channel();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    loop.begin();
    DatagramPacket packet = (DatagramPacket) message;
    Session session = sessions.get(packet.sender());
    if (session == null) {
      session = open(packet.sender());
    }
    if (session == null) {
      packet.release();
    } else {
      session.send(packet.content());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    loop.end();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    for (Session each : new ArrayList<>(sessions.values())) {
      each.end();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("UDP port {}: {}", port, cause.toString());
  }

  private @Nullable Session open(InetSocketAddress client) {
    L4Config now = config.get();
    StreamService service = now.service(true, port);
    List<Endpoint> endpoints =
        service == null ? List.of() : service.target().upstream().endpoints().endpoints();
    if (service == null || endpoints.isEmpty()) {
      return null;
    }
    if (sessions.size() >= most) {
      Iterator<Session> oldest = sessions.values().iterator();
      oldest.next().end();
    }
    int turn = service.target().upstream().nextTurn();
    Endpoint endpoint = endpoints.get(Math.floorMod(turn, endpoints.size()));
    DatagramChannel socket;
    try {
      socket = sockets.newChannel();
    } catch (ChannelException e) {
      LOG.debug("no socket for a UDP session: {}", e.toString());
      return null;
    }
    Session session = new Session(client, socket, now.rules());
    prepare(socket);
    socket.pipeline().addLast(session);
    // On the loop itself, both are done when they return.
    ChannelFuture registered = loop.eventLoop().register(socket);
    if (!registered.isSuccess() || !socket.connect(endpoint.address()).isSuccess()) {
      LOG.debug("no UDP session with {}", endpoint.text());
      socket.close();
      return null;
    }
    sessions.put(client, session);
    return session;
  }

  /// What came from one address and port.
  private final class Session extends ChannelInboundHandlerAdapter {
    private final InetSocketAddress client;
    private final DatagramChannel socket;
    private final StreamRules rules;
    private final Timer idle =
        new Timer() {
          @Override
          protected void onTimeout() {
            end();
          }

          @Override
          protected boolean isIdle() {
            return true;
          }
        };
    private long asked;
    private long answered;

    Session(InetSocketAddress client, DatagramChannel socket, StreamRules rules) {
      this.client = client;
      this.socket = socket;
      this.rules = rules;
    }

    void send(ByteBuf content) {
      loop.timers().arm(idle, loop.nanos(), rules.idleMillis());
      if (!socket.isWritable() || !content.isReadable()) {
        content.release(); // the library sends no empty ones
        return;
      }
      asked++;
      socket.writeAndFlush(content, socket.voidPromise());
      if (rules.responses() == 0) {
        end();
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      loop.begin();
      DatagramPacket packet = (DatagramPacket) message;
      Channel out = listener;
      if (out == null || !out.isWritable()) {
        packet.release();
        return;
      }
      loop.timers().arm(idle, loop.nanos(), rules.idleMillis());
      answered++;
      out.write(new DatagramPacket(packet.content(), client), out.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      Channel out = listener;
      if (out != null) {
        out.flush();
      }
      if (rules.responses() > 0 && answered >= asked * rules.responses()) {
        end();
      }
      loop.end();
    }

    /// What turns a session away is the answer that nobody listens at its endpoint.
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      end();
    }

    private void end() {
      sessions.remove(client, this);
      loop.timers().remove(idle);
      socket.close();
    }
  }
}
