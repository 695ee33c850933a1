package dev.lintel.proxy.exchange;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/// The address of a client, made once per connection in the forms that requests ask for: text for
/// logs and header fields, a number of 128 bits for tables.
public final class ClientAddress {
  private static final long MAPPED = 0xffff_0000_0000L;

  private final InetAddress address;
  private final byte[] text;
  private final long high;
  private final long low;

  private ClientAddress(InetAddress address, byte[] text, long high, long low) {
    this.address = address;
    this.text = text;
    this.high = high;
    this.low = low;
  }

  /// The forms of `address`; an IPv4 address that is mapped into IPv6 is an IPv4 address.
  public static ClientAddress of(InetAddress address) {
    byte[] bytes = address.getAddress();
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    if (scope >= 0) {
      text = text.substring(0, scope);
    }
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    if (address instanceof Inet6Address) {
      return new ClientAddress(address, ascii, number(bytes, 0, 8), number(bytes, 8, 8));
    }
    return new ClientAddress(address, ascii, 0, MAPPED | number(bytes, 0, 4));
  }

  private static long number(byte[] bytes, int from, int length) {
    long value = 0;
    for (int i = from; i < from + length; i++) {
      value = value << 8 | bytes[i] & 0xff;
    }
    return value;
  }

  /// As the socket knows it.
  public InetAddress address() {
    return address;
  }

  /// As it is written, without a port or a zone; not to be changed.
  public byte[] text() {
    return text;
  }

  /// The upper 64 bits of the address as IPv6 (IPv4 is mapped, `::ffff:a.b.c.d`).
  public long high() {
    return high;
  }

  /// The lower 64 bits of the address as IPv6.
  public long low() {
    return low;
  }
}
