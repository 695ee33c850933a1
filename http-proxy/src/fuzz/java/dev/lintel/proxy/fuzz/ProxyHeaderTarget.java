package dev.lintel.proxy.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.lintel.proxy.l4.ProxyHeader;
import dev.lintel.proxy.l4.ProxyHeaderParser;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// PROXY headers: what is accepted, a strict reader accepts; where the bytes are cut does not
/// matter.
public final class ProxyHeaderTarget {
  private static final String NUMBER = "(0|[1-9][0-9]{0,4})";
  private static final String PART = "(?:0|[1-9][0-9]{0,2})";
  private static final String FOUR = "((?:" + PART + "\\.){3}" + PART + ")";
  private static final Pattern LINE_4 =
      Pattern.compile("PROXY TCP4 " + FOUR + " " + FOUR + " " + NUMBER + " " + NUMBER + "\r\n");
  private static final Pattern LINE_6 =
      Pattern.compile(
          "PROXY TCP6 ([0-9a-fA-F:.]+) ([0-9a-fA-F:.]+) " + NUMBER + " " + NUMBER + "\r\n");
  private static final Pattern UNKNOWN = Pattern.compile("PROXY UNKNOWN(?: [ -~]*)?\r\n");

  private ProxyHeaderTarget() {}

  /// Called by the fuzzer.
  public static void fuzzerTestOneInput(byte[] input) {
    ProxyHeaderParser parser = new ProxyHeaderParser();
    int whole = parser.parse(Unpooled.wrappedBuffer(input));
    ProxyHeader said = parser.header();
    for (int cut = 0; cut < input.length; cut++) {
      int length = parser.parse(Unpooled.wrappedBuffer(input, 0, cut));
      if (whole > 0) {
        HeadTarget.same("the length at " + cut, cut < whole ? 0 : whole, length);
      } else if (length > 0 || whole == ProxyHeaderParser.INCOMPLETE && length != whole) {
        throw new AssertionError("more bytes make another header");
      }
    }
    if (whole <= 0) {
      return;
    }
    if (whole > input.length) {
      throw new AssertionError("a header of more bytes than there are");
    }
    InetSocketAddress source = said.source();
    Planted.at(source != null && source.getPort() == 4712);
    if (input[0] == 'P') {
      line(new String(input, 0, whole, ISO_8859_1), source);
    } else {
      HeadTarget.same("length", 16 + ((input[14] & 0xff) << 8 | input[15] & 0xff), whole);
      HeadTarget.same("version", 2, (input[12] & 0xff) >> 4);
      boolean tells = (input[12] & 0xf) == 1 && (input[13] == 0x11 || input[13] == 0x21);
      HeadTarget.same("telling", tells, source != null);
    }
  }

  private static void line(String text, InetSocketAddress source) {
    if (UNKNOWN.matcher(text).matches()) {
      HeadTarget.same("telling", false, source != null);
      return;
    }
    Matcher four = LINE_4.matcher(text);
    Matcher six = LINE_6.matcher(text);
    Matcher read = four.matches() ? four : six;
    if (read == six && !six.matches()) {
      throw new AssertionError("a strict reader refuses it");
    }
    HeadTarget.same("port", Integer.valueOf(read.group(3)), source.getPort());
    if (read == four) {
      HeadTarget.same("address", read.group(1), source.getAddress().getHostAddress());
    }
  }
}
