package dev.lintel.proxy.l4;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/// The version of a PROXY header that is sent to an upstream.
public enum ProxyVersion {
  /// None is sent.
  NONE,
  /// A line of text, as nginx sends it.
  ONE,
  /// Binary.
  TWO;

  private static final byte[] BEGIN_2 = {
    '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n', 0x21
  };

  /// The header of a connection; empty for `NONE`. Addresses of two families are those of IPv6.
  ///
  /// @param source the client
  /// @param destination what it connected to
  ByteBuf write(
      ByteBufAllocator allocator, InetSocketAddress source, InetSocketAddress destination) {
    byte[] from = source.getAddress().getAddress();
    byte[] to = destination.getAddress().getAddress();
    boolean v4 = from.length == 4 && to.length == 4;
    return switch (this) {
      case NONE -> allocator.directBuffer(0);
      case ONE -> line(allocator, v4, source, destination);
      case TWO -> {
        ByteBuf out = allocator.directBuffer(64).writeBytes(BEGIN_2);
        out.writeByte(v4 ? 0x11 : 0x21).writeShort(v4 ? 12 : 36);
        address(out, from, v4);
        address(out, to, v4);
        yield out.writeShort(source.getPort()).writeShort(destination.getPort());
      }
    };
  }

  private static ByteBuf line(
      ByteBufAllocator allocator, boolean v4, InetSocketAddress from, InetSocketAddress to) {
    String text =
        "PROXY "
            + (v4 ? "TCP4 " : "TCP6 ")
            + text(from, v4)
            + ' '
            + text(to, v4)
            + ' '
            + from.getPort()
            + ' '
            + to.getPort()
            + "\r\n";
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return allocator.directBuffer(bytes.length).writeBytes(bytes);
  }

  private static String text(InetSocketAddress socket, boolean v4) {
    String text = socket.getAddress().getHostAddress();
    int zone = text.indexOf('%');
    String bare = zone < 0 ? text : text.substring(0, zone);
    return v4 || bare.indexOf(':') >= 0 ? bare : "::ffff:" + bare;
  }

  /// IPv4 beside IPv6 is mapped (`::ffff:a.b.c.d`).
  private static void address(ByteBuf out, byte[] bytes, boolean v4) {
    if (!v4 && bytes.length == 4) {
      out.writeZero(10).writeShort(0xffff);
    }
    out.writeBytes(bytes);
  }
}
