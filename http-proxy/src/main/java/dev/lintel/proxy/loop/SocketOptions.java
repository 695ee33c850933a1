package dev.lintel.proxy.loop;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannelConfig;

/// What every connection of the proxy is set to, towards clients and upstreams.
public final class SocketOptions {
  /// So many bytes that wait for a peer are few enough to read more for it.
  public static final int LOW = 16 * 1024;

  /// So many are enough.
  public static final int HIGH = 32 * 1024;

  /// Once so often within one message the other side did not keep up, it is taken to be slow. A
  /// message of two reads or so may well be too much at once for whoever takes it as it comes.
  public static final int PATIENCE = 2;

  private static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(LOW, HIGH);

  private static final int SMALLEST_READ = 512;
  private static final int FIRST_READ = 2048;
  private static final int LARGEST_READ = 64 * 1024;

  /// Reads of one connection before what they brought is flushed: this bounds what is in memory.
  private static final int READS_IN_A_ROW = 2;

  private SocketOptions() {}

  /// One read in a row for a connection whose other side does not keep up (what one read brings is
  /// what waits in memory then), as many as usual for any other.
  public static void keepsUp(ChannelConfig config, boolean keepsUp) {
    if (config.getRecvByteBufAllocator() instanceof MaxMessagesRecvByteBufAllocator reads) {
      reads.maxMessagesPerRead(keepsUp ? READS_IN_A_ROW : 1);
    }
  }

  /// Has the end of a connection that is closed next be a reset, so that its peer takes nothing for
  /// whole. Nothing happens where it is closed already, as a flush that fails leaves it.
  public static void resetsAtEnd(Channel channel) {
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
  }

  /// Sets them.
  public static void apply(ChannelConfig config) {
    config.setWriteBufferWaterMark(WATER_MARKS);
    config.setRecvByteBufAllocator(
        new AdaptiveRecvByteBufAllocator(SMALLEST_READ, FIRST_READ, LARGEST_READ)
            .maxMessagesPerRead(READS_IN_A_ROW));
    if (config instanceof SocketChannelConfig socket) {
      socket.setTcpNoDelay(true);
    }
  }
}
