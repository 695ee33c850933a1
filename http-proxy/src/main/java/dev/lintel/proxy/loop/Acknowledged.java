package dev.lintel.proxy.loop;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// How much of what was written to a connection has arrived at its other end. The kernel alone
/// knows: it takes megabytes at a time for a peer that takes hundreds of bytes.
public final class Acknowledged {
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_INFO = 11;

  /// Where `tcpi_bytes_acked` lies in Linux's `struct tcp_info`, and where it ends.
  private static final int OFFSET = 120;

  private static final int LENGTH = 128;
  private static final RawUnixChannelOption INFO =
      new RawUnixChannelOption("TCP_INFO", IPPROTO_TCP, TCP_INFO, LENGTH);

  private Acknowledged() {}

  /// Bytes so far; -1 where that cannot be known. A system call: not for every request.
  public static long bytes(Channel channel) {
    if (!(channel instanceof EpollSocketChannel socket) || !socket.isOpen()) {
      return -1;
    }
    ByteBuffer info = socket.config().getOption(INFO);
    if (info == null || info.limit() < LENGTH) {
      return -1;
    }
    long bytes = info.order(ByteOrder.nativeOrder()).getLong(OFFSET);
    return bytes > 0 ? bytes : -1;
  }
}
