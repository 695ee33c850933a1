package dev.lintel.proxy.loop;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/// How sockets are waited for: epoll where the kernel and the native library are there, otherwise
/// what the JDK has.
///
/// @param sharesPorts whether each loop has a listening socket of its own, among which the kernel
///   spreads connections
public record Transport(
    IoHandlerFactory handlers,
    Class<? extends ServerSocketChannel> listening,
    Class<? extends SocketChannel> connected,
    Class<? extends DatagramChannel> datagrams,
    boolean sharesPorts) {
  /// The fastest there is on this machine.
  public static Transport best() {
    return Epoll.isAvailable()
        ? new Transport(
            HalfClosedEpoll.newFactory(),
            EpollServerSocketChannel.class,
            EpollSocketChannel.class,
            EpollDatagramChannel.class,
            true)
        : portable();
  }

  /// The JDK's own.
  public static Transport portable() {
    return new Transport(
        NioIoHandler.newFactory(),
        NioServerSocketChannel.class,
        NioSocketChannel.class,
        NioDatagramChannel.class,
        false);
  }
}
