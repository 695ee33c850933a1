package dev.lintel.ingress.feature;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/// A network of client addresses, ready for comparing: 128 bits, an IPv4 network as IPv4-mapped
/// IPv6 (`::ffff:a.b.c.d`), so that one comparison serves both. Bits after the prefix are zero.
///
/// @param high the first 64 bits
/// @param low the last 64 bits
/// @param prefixLength leading bits that count, of 128 (an IPv4 `/8` has 104)
public record Cidr(long high, long low, int prefixLength) implements Comparable<Cidr> {
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:0|[1-9]\\d{0,2})\\.){3}(?:0|[1-9]\\d{0,2})");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final Pattern LENGTH = Pattern.compile("0|[1-9]\\d{0,2}");
  private static final long MAPPED = 0xffffL << 32;
  private static final int MAPPED_BITS = 96;

  /// Cuts the bits after the prefix.
  public Cidr {
    if (prefixLength < 0 || prefixLength > 128) {
      throw new IllegalArgumentException("prefix length " + prefixLength);
    }
    high &= mask(Math.min(prefixLength, 64));
    low &= mask(Math.max(prefixLength - 64, 0));
  }

  /// Reads `a.b.c.d/n`, `x:y::z/n` or a single address; empty where it is none.
  public static Optional<Cidr> parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    boolean isIpv4 = IPV4.matcher(address).matches();
    if (!isIpv4 && !IPV6.matcher(address).matches()) {
      return Optional.empty();
    }
    int bits = isIpv4 ? 32 : 128;
    int length = bits;
    if (slash >= 0) {
      String digits = text.substring(slash + 1);
      if (!LENGTH.matcher(digits).matches() || Integer.parseInt(digits) > bits) {
        return Optional.empty();
      }
      length = Integer.parseInt(digits);
    }
    byte[] bytes;
    try {
      bytes = InetAddress.ofLiteral(address).getAddress();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    // Java turns a mapped IPv6 address into an IPv4 one by itself.
    return bytes.length == 4
        ? Optional.of(new Cidr(0, MAPPED | word(bytes, 0), isIpv4 ? length + MAPPED_BITS : length))
        : Optional.of(
            new Cidr(
                word(bytes, 0) << 32 | word(bytes, 4),
                word(bytes, 8) << 32 | word(bytes, 12),
                length));
  }

  /// Whether the address with these 128 bits lies in this network. An IPv4 address lies in networks
  /// of IPv4 alone: `::/0` is all of IPv6 and nothing else.
  public boolean contains(long addressHigh, long addressLow) {
    if (prefixLength < MAPPED_BITS && addressHigh == 0 && addressLow >>> 32 == 0xffff) {
      return false;
    }
    return ((addressHigh ^ high) & mask(Math.min(prefixLength, 64))) == 0
        && ((addressLow ^ low) & mask(Math.max(prefixLength - 64, 0))) == 0;
  }

  /// Whether the address with these 128 bits lies in one of these networks. Allocates nothing.
  public static boolean anyContains(Cidr[] networks, long addressHigh, long addressLow) {
    for (Cidr network : networks) {
      if (network.contains(addressHigh, addressLow)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int compareTo(Cidr other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    int byLow = Long.compareUnsigned(low, other.low);
    return byHigh != 0
        ? byHigh
        : byLow != 0 ? byLow : Integer.compare(prefixLength, other.prefixLength);
  }

  @Override
  public String toString() {
    if (high == 0 && low >>> 32 == 0xffff && prefixLength >= MAPPED_BITS) {
      return (low >>> 24 & 255)
          + "."
          + (low >>> 16 & 255)
          + "."
          + (low >>> 8 & 255)
          + "."
          + (low & 255)
          + "/"
          + (prefixLength - MAPPED_BITS);
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      long group = (i < 4 ? high : low) >>> 48 - 16 * (i % 4) & 0xffff;
      text.append(i == 0 ? "" : ":").append(Long.toHexString(group));
    }
    return text.append('/').append(prefixLength).toString();
  }

  private static long mask(int bits) {
    return bits == 0 ? 0 : -1L << 64 - bits;
  }

  private static long word(byte[] bytes, int at) {
    return (bytes[at] & 255L) << 24
        | (bytes[at + 1] & 255L) << 16
        | (bytes[at + 2] & 255L) << 8
        | bytes[at + 3] & 255L;
  }
}
