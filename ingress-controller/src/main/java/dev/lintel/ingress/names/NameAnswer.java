package dev.lintel.ingress.names;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What one response says of one name and type (RFC 1034, section 3.6.2): its addresses, found
/// along the aliases in the response; records that do not belong to the name are passed over.
///
/// @param addresses empty where there are none of this type
/// @param alias the name at the end of the aliases
/// @param seconds how long that holds, whatever it says
record NameAnswer(List<InetAddress> addresses, String alias, long seconds) {
  /// More than anybody has; a response is no list of targets for a flood.
  static final int MOST_ADDRESSES = 256;

  private static final int MOST_ALIASES = 16;
  private static final int MINIMUM_BYTES = 4;

  /// How long "no" holds where nothing is said about that.
  private static final long USUAL_DENIAL = 5;

  /// Whoever adds a record that was missing does not wait longer than this.
  static final long LONGEST_DENIAL = 30;

  private static final long LONGEST = 3_600;

  /// @param name in lower case, without the last dot
  /// @throws CorruptedFrameException where a record is no such record
  static NameAnswer of(DnsResponse response, String name, DnsRecordType type) {
    String at = name;
    long seconds = LONGEST;
    for (int i = 0; i < MOST_ALIASES; i++) {
      DnsRecord next = alias(response, at);
      if (next == null) {
        break;
      }
      at = target(next);
      seconds = Math.min(seconds, next.timeToLive());
    }
    List<InetAddress> addresses = new ArrayList<>();
    for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
      DnsRecord each = response.recordAt(DnsSection.ANSWER, i);
      if (each.type().equals(type) && plain(each.name()).equals(at)) {
        if (addresses.size() < MOST_ADDRESSES) {
          addresses.add(address(each, type));
        }
        seconds = Math.min(seconds, each.timeToLive());
      }
    }
    return new NameAnswer(
        List.copyOf(addresses), at, addresses.isEmpty() ? denial(response) : seconds);
  }

  private static @Nullable DnsRecord alias(DnsResponse response, String name) {
    for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
      DnsRecord each = response.recordAt(DnsSection.ANSWER, i);
      if (each.type().equals(DnsRecordType.CNAME) && plain(each.name()).equals(name)) {
        return each;
      }
    }
    return null;
  }

  private static String target(DnsRecord alias) {
    if (!(alias instanceof DnsRawRecord raw)) {
      throw new CorruptedFrameException("an alias without a name");
    }
    return plain(DefaultDnsRecordDecoder.decodeName(raw.content().duplicate()));
  }

  private static InetAddress address(DnsRecord of, DnsRecordType type) {
    int length = type.equals(DnsRecordType.A) ? 4 : 16;
    if (!(of instanceof DnsRawRecord raw) || raw.content().readableBytes() != length) {
      throw new CorruptedFrameException("an address of another length");
    }
    byte[] bytes = new byte[length];
    raw.content().getBytes(raw.content().readerIndex(), bytes);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new CorruptedFrameException(e);
    }
  }

  /// How long it holds that there is nothing: RFC 2308, section 5.
  static long denial(DnsResponse response) {
    for (int i = 0; i < response.count(DnsSection.AUTHORITY); i++) {
      DnsRecord each = response.recordAt(DnsSection.AUTHORITY, i);
      if (each.type().equals(DnsRecordType.SOA) && each instanceof DnsRawRecord raw) {
        ByteBuf content = raw.content();
        if (content.readableBytes() >= MINIMUM_BYTES) {
          long minimum = content.getUnsignedInt(content.writerIndex() - MINIMUM_BYTES);
          return Math.clamp(Math.min(minimum, each.timeToLive()), 1, LONGEST_DENIAL);
        }
      }
    }
    return USUAL_DENIAL;
  }

  static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
