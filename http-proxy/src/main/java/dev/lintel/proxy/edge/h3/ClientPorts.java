package dev.lintel.proxy.edge.h3;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionPathStats;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Between a socket and its QUIC codec: keeps the codec on one path for each connection, however
/// often the box between the client and us gives the client another port.
///
/// What was sent to the port before is lost, and the codec's library finds a packet lost only when
/// a later one of the same path arrives: on a new path it would wait for those of the old one for
/// good, and the client for the bytes that were in them. So the library sees the first packet from
/// another port, and has the client prove that it is there (RFC 9000 8.2); the packets behind it
/// are shown to it as if they came from the client's first address, its home, and what it sends
/// home goes to that port: until the proof no more than three times of what came from there. The
/// congestion window stays what it was (RFC 9000 9.4).
///
/// A connection is known by the id that its client's packets begin with. Where somebody else turns
/// up at the home of a connection, that connection is left to the library.
///
/// One for each socket, on its loop. Costs two comparisons for each packet until a port changes.
final class ClientPorts extends ChannelDuplexHandler {
  /// Ids that a client may have used since its port changed; one that is forgotten is learnt again.
  private static final int IDS = 4;

  /// The library's number for a path whose client has answered (it may still measure the path).
  private static final int ANSWERED = 2;

  /// From then on the question, or its answer, was lost. The library may not ask again, for of its
  /// path it sees nothing coming: the port is shown to it under another name, as a new one.
  private static final long ANSWER_NANOS = 300_000_000L;

  /// Names are made of ports that no client has.
  private static final int NAMES = 1024;

  /// So long a client has to be silent at a port before it is thought to be at an earlier one.
  private static final long LATE_NANOS = 200_000_000L;

  private static final int MOST_FOR_ONE = 3;

  private static final int LONG_HEADER = 0x80;

  private final int idLength;
  private final Map<ByteBuf, Client> clients = new HashMap<>();
  private final Map<InetSocketAddress, Home> homes = new HashMap<>();

  /// Addresses that we made up, and what they stand for.
  private final Map<InetSocketAddress, InetSocketAddress> names = new HashMap<>();

  /// The id that the packet which is being read begins with, unless it is shown as from home.
  private @Nullable ByteBuf reading;

  private @Nullable InetSocketAddress sender;

  /// @param idLength of connection ids that are ours
  ClientPorts(int idLength) {
    this.idLength = idLength;
  }

  // ------------------------------------------------------------------ packets

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    DatagramPacket packet = (DatagramPacket) message;
    ByteBuf id = id(packet.content());
    Client client = id == null || clients.isEmpty() ? null : clients.get(id);
    if (client == null) {
      read(ctx, packet, packet, id);
      return;
    }
    InetSocketAddress from = packet.sender();
    InetSocketAddress shown = client.shown(from, packet.content().readableBytes());
    DatagramPacket renamed = new DatagramPacket(packet.content(), packet.recipient(), shown);
    read(ctx, packet, renamed, shown.equals(client.home.address) ? null : id);
    client.look(from);
  }

  private void read(
      ChannelHandlerContext ctx,
      DatagramPacket packet,
      DatagramPacket shown,
      @Nullable ByteBuf id) {
    reading = id;
    sender = packet.sender();
    ctx.fireChannelRead(shown);
    reading = null;
  }

  /// What a packet of an established connection begins with, behind a byte of flags.
  private @Nullable ByteBuf id(ByteBuf content) {
    int at = content.readerIndex();
    return content.readableBytes() > idLength && (content.getByte(at) & LONG_HEADER) == 0
        ? content.slice(at + 1, idLength)
        : null;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (!homes.isEmpty() && message instanceof DatagramPacket packet) {
      InetSocketAddress named = names.get(packet.recipient());
      if (named != null) {
        ctx.write(new DatagramPacket(packet.content(), named), promise);
        return;
      }
      Home home = homes.get(packet.recipient());
      if (home != null && home.isLeft()) {
        writeAfter(ctx, home, packet, promise);
        return;
      }
    }
    ctx.write(message, promise);
  }

  private static void writeAfter(
      ChannelHandlerContext ctx, Home home, DatagramPacket packet, ChannelPromise promise) {
    if (home.allows(packet.content().readableBytes())) {
      ctx.write(new DatagramPacket(packet.content(), home.now), promise);
    } else {
      packet.release();
      promise.trySuccess();
    }
  }

  // ------------------------------------------------------------------ connections

  /// A connection begins: its client is at an address that may have been another's.
  void arrived(InetSocketAddress address) {
    names.remove(address);
    Home left = homes.get(address);
    if (left != null && left.isLeft()) {
      forget(left);
    }
  }

  /// The library has found that the packet which is being read came on another path.
  ///
  /// @param known what was returned for the connection before
  /// @param path how the library calls the client's address, for a new path: with the bytes of the
  ///   port the other way round
  @Nullable Client moved(
      @Nullable Client known,
      QuicChannel channel,
      InetSocketAddress home,
      @Nullable InetSocketAddress path) {
    ByteBuf id = reading;
    InetSocketAddress from = sender;
    if (id == null || from == null || from.equals(home)) {
      return known;
    }
    Client client =
        known == null ? new Client(channel, homes.computeIfAbsent(home, Home::new)) : known;
    client.learn(id);
    if (path != null) {
      client.claim(from, path);
    }
    return client;
  }

  /// The connection has ended.
  void left(Client client) {
    for (ByteBuf id : client.ids) {
      clients.remove(id, client);
    }
    for (InetSocketAddress name : client.names) {
      names.remove(name);
    }
    if (--client.home.clients == 0) {
      forget(client.home);
    }
  }

  private void forget(Home home) {
    home.isForgotten = true;
    homes.remove(home.address, home);
  }

  private InetSocketAddress name(Client client, InetSocketAddress address) {
    for (int port = 1; port < NAMES; port++) {
      InetSocketAddress name = new InetSocketAddress(address.getAddress(), port);
      if (!homes.containsKey(name) && names.putIfAbsent(name, address) == null) {
        client.names.add(name);
        return name;
      }
    }
    return client.home.address;
  }

  /// The address by which the library knows a client; of several connections if they share it.
  private static final class Home {
    private final InetSocketAddress address;
    private InetSocketAddress now;
    private boolean isProven = true;
    private boolean isForgotten;
    private long allowance;
    private long heard;
    private int clients;

    Home(InetSocketAddress address) {
      this.address = address;
      this.now = address;
    }

    private boolean isLeft() {
      return !now.equals(address);
    }

    /// A packet came from there. One from another port than the last ones may just be late: other
    /// loops read some of them.
    private void hear(InetSocketAddress from, boolean proven) {
      long time = System.nanoTime();
      if (from.equals(now)) {
        heard = time;
      } else if (proven && !isProven || time - heard > LATE_NANOS) {
        move(from, proven);
      }
    }

    private void move(InetSocketAddress to, boolean proven) {
      if (!to.equals(now)) {
        now = to;
        allowance = 0;
      }
      heard = System.nanoTime();
      isProven = proven;
    }

    private boolean allows(int bytes) {
      if (isProven) {
        return true;
      }
      if (allowance < bytes) {
        return false;
      }
      allowance -= bytes;
      return true;
    }
  }

  /// Where a client says it is, by having sent a packet from there.
  ///
  /// @param path how the library calls it
  private record Claim(InetSocketAddress path, long since) {
    private boolean isFresh() {
      return System.nanoTime() - since < ANSWER_NANOS;
    }
  }

  /// The client of one connection whose port has changed.
  final class Client {
    private final QuicChannel channel;
    private final Home home;
    private final ArrayDeque<ByteBuf> ids = new ArrayDeque<>(IDS);
    private final Map<InetSocketAddress, Claim> claims = new HashMap<>();
    private final Set<InetSocketAddress> proven = new HashSet<>();
    private final Set<InetSocketAddress> names = new HashSet<>();

    private Client(QuicChannel channel, Home home) {
      this.channel = channel;
      this.home = home;
      home.clients++;
      proven.add(home.address);
    }

    private void learn(ByteBuf id) {
      if (clients.get(id) == this) {
        return;
      }
      if (ids.size() == IDS) {
        clients.remove(ids.removeFirst(), this);
      }
      ByteBuf kept = Unpooled.wrappedBuffer(ByteBufUtil.getBytes(id));
      ids.add(kept);
      clients.put(kept, this);
    }

    private void claim(InetSocketAddress address, InetSocketAddress path) {
      if (!home.isForgotten) {
        arrived(address);
        claims.put(address, new Claim(path, System.nanoTime()));
        home.move(address, /* proven= */ false);
      }
    }

    /// Whose packet it is shown as; what is sent home goes to its sender from now on.
    private InetSocketAddress shown(InetSocketAddress from, int bytes) {
      if (home.isForgotten) {
        return from;
      }
      if (proven.contains(from)) {
        home.hear(from, /* proven= */ true);
        return home.address;
      }
      Claim claim = claims.get(from);
      if (claim == null) {
        return from;
      }
      home.hear(from, /* proven= */ false);
      if (from.equals(home.now)) {
        home.allowance += (long) MOST_FOR_ONE * bytes;
      }
      if (claim.isFresh()) {
        return home.address;
      }
      claims.put(from, new Claim(claim.path, System.nanoTime()));
      return name(this, from);
    }

    /// The library has seen a packet from there.
    private void look(InetSocketAddress from) {
      Claim claim = claims.get(from);
      if (claim != null && !home.isForgotten && hasAnsweredOn(claim.path)) {
        claims.remove(from);
        proven.add(from);
        home.move(from, /* proven= */ true);
      }
    }

    private boolean hasAnsweredOn(InetSocketAddress path) {
      for (int i = 0; i < H3Limits.CONNECTION_IDS; i++) {
        Future<QuicConnectionPathStats> stats = channel.collectPathStats(i);
        if (!stats.isSuccess()) {
          return false;
        }
        if (stats.getNow().peerAddress().equals(path)) {
          return stats.getNow().validationState() >= ANSWERED;
        }
      }
      return false;
    }
  }
}
