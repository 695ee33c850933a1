package dev.lintel.proxy.l4;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads PROXY headers of version 1 and 2 (HAProxy's `proxy-protocol.txt`, sections 2.1 and 2.2),
/// by the letter: whatever could be read in two ways is malformed, and so is the first byte that no
/// header has. Moves no index.
///
/// Of version 1 a line has 107 bytes at the most, single spaces, numbers without leading zeros and
/// a CRLF. Of version 2 the command, the family and the lengths must be ones of the specification,
/// records behind the addresses (TLV) are checked for their framing and passed over. Headers of
/// more than 4096 bytes are refused, as nginx does.
public final class ProxyHeaderParser {
  /// More bytes are needed.
  public static final int INCOMPLETE = 0;

  /// This is no header.
  public static final int MALFORMED = -1;

  private static final byte[] BEGIN_1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BEGIN_2 = {
    '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
  };
  private static final int LONGEST_1 = 107;
  private static final int LONGEST_2 = 4096;
  private static final int FIXED_2 = 16;
  private static final int VERSION_2 = 2;
  private static final int TCP_4 = 0x11;
  private static final int TCP_6 = 0x21;
  private static final int UNIX_STREAM = 0x31;
  private static final int UNSPECIFIED = 0;
  private static final int LENGTH_4 = 12;
  private static final int LENGTH_6 = 36;
  private static final int LENGTH_UNIX = 216;
  private static final int TLV_HEAD = 3;

  private ProxyHeader header = ProxyHeader.SILENT;

  /// Has parsed nothing yet.
  public ProxyHeaderParser() {}

  /// What the header says, once it was parsed.
  public ProxyHeader header() {
    return header;
  }

  /// The bytes that the header at the reader index takes, or `INCOMPLETE`, or `MALFORMED`.
  public int parse(ByteBuf bytes) {
    int at = bytes.readerIndex();
    int length = bytes.readableBytes();
    if (length == 0) {
      return INCOMPLETE;
    }
    byte[] begin = bytes.getByte(at) == BEGIN_1[0] ? BEGIN_1 : BEGIN_2;
    for (int i = 0; i < begin.length && i < length; i++) {
      if (bytes.getByte(at + i) != begin[i]) {
        return MALFORMED;
      }
    }
    if (length < begin.length) {
      return INCOMPLETE;
    }
    return begin.length == BEGIN_1.length ? line(bytes, at, length) : block(bytes, at, length);
  }

  // ------------------------------------------------------------------ version 1

  private int line(ByteBuf bytes, int at, int length) {
    int most = Math.min(length, LONGEST_1);
    int end = BEGIN_1.length;
    while (end < most && bytes.getByte(at + end) != '\r') {
      byte b = bytes.getByte(at + end);
      if (b < ' ' || b > '~') {
        return MALFORMED;
      }
      end++;
    }
    if (end + 1 >= LONGEST_1) {
      return MALFORMED;
    }
    if (end + 1 >= length) {
      return INCOMPLETE;
    }
    if (bytes.getByte(at + end + 1) != '\n') {
      return MALFORMED;
    }
    String rest =
        bytes.toString(at + BEGIN_1.length, end - BEGIN_1.length, StandardCharsets.US_ASCII);
    return isRead(rest) ? end + 2 : MALFORMED;
  }

  private boolean isRead(String line) {
    if (line.equals("UNKNOWN") || line.startsWith("UNKNOWN ")) {
      header = ProxyHeader.SILENT;
      return true;
    }
    String[] words = line.split(" ", -1);
    if (words.length != 5 || !words[0].equals("TCP4") && !words[0].equals("TCP6")) {
      return false;
    }
    boolean v6 = words[0].equals("TCP6");
    InetSocketAddress source = address(v6, words[1], words[3]);
    InetSocketAddress destination = address(v6, words[2], words[4]);
    if (source == null || destination == null) {
      return false;
    }
    header = new ProxyHeader(source, destination);
    return true;
  }

  private static @Nullable InetSocketAddress address(boolean v6, String text, String port) {
    int number = number(port, 65_535);
    if (number < 0 || !(v6 ? isSix(text) : isFour(text))) {
      return null;
    }
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    return bytes == null ? null : socket(bytes, number);
  }

  private static boolean isFour(String text) {
    String[] parts = text.split("\\.", -1);
    for (String part : parts) {
      if (number(part, 255) < 0) {
        return false;
      }
    }
    return parts.length == 4;
  }

  private static boolean isSix(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.digit(c, 16) < 0 && c != ':' && c != '.') {
        return false;
      }
    }
    return text.indexOf(':') >= 0;
  }

  /// A number without sign and leading zeros; -1 for anything else.
  private static int number(String text, int most) {
    int length = text.length();
    if (length == 0 || length > 5 || length > 1 && text.charAt(0) == '0') {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + c - '0';
    }
    return number > most ? -1 : number;
  }

  // ------------------------------------------------------------------ version 2

  private int block(ByteBuf bytes, int at, int length) {
    int known = BEGIN_2.length;
    if (length == known) {
      return INCOMPLETE;
    }
    int command = bytes.getByte(at + known) & 0xf;
    if ((bytes.getByte(at + known) & 0xff) >> 4 != VERSION_2 || command > 1) {
      return MALFORMED;
    }
    if (length < FIXED_2) {
      return INCOMPLETE;
    }
    int family = bytes.getUnsignedByte(at + known + 1);
    int rest = bytes.getUnsignedShort(at + known + 2);
    int taken = command == 0 ? 0 : lengthOf(family);
    if (taken < 0 || rest < taken || FIXED_2 + rest > LONGEST_2) {
      return MALFORMED;
    }
    if (length < FIXED_2 + rest) {
      return INCOMPLETE;
    }
    int from = at + FIXED_2;
    if (command == 1 && !isFramed(bytes, from + taken, from + rest, family)) {
      return MALFORMED;
    }
    header = command == 0 ? ProxyHeader.SILENT : addresses(bytes, from, family);
    return FIXED_2 + rest;
  }

  /// The bytes of both addresses and ports; -1 for what no stream has.
  private static int lengthOf(int family) {
    return switch (family) {
      case UNSPECIFIED -> 0;
      case TCP_4 -> LENGTH_4;
      case TCP_6 -> LENGTH_6;
      case UNIX_STREAM -> LENGTH_UNIX;
      default -> -1;
    };
  }

  /// Whether records fill the bytes to the last one. Behind no addresses anything may stand.
  private static boolean isFramed(ByteBuf bytes, int from, int end, int family) {
    int at = from;
    while (family != UNSPECIFIED && at < end) {
      if (end - at < TLV_HEAD) {
        return false;
      }
      at += TLV_HEAD + bytes.getUnsignedShort(at + 1);
    }
    return family == UNSPECIFIED || at == end;
  }

  private static ProxyHeader addresses(ByteBuf bytes, int from, int family) {
    int size = family == TCP_4 ? 4 : 16;
    if (family != TCP_4 && family != TCP_6) {
      return ProxyHeader.SILENT;
    }
    byte[] source = new byte[size];
    byte[] destination = new byte[size];
    bytes.getBytes(from, source);
    bytes.getBytes(from + size, destination);
    return new ProxyHeader(
        socket(source, bytes.getUnsignedShort(from + 2 * size)),
        socket(destination, bytes.getUnsignedShort(from + 2 * size + 2)));
  }

  private static InetSocketAddress socket(byte[] address, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(address), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four or sixteen bytes always are an address", e);
    }
  }
}
