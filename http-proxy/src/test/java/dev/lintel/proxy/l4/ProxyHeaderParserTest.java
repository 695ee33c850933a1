package dev.lintel.proxy.l4;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.handler.codec.haproxy.HAProxyTLV;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Headers of the PROXY protocol by the letter of its specification, and beside another reader and
/// writer of them.
class ProxyHeaderParserTest {
  private static final String BEGIN_2 = "0d0a0d0a000d0a515549540a";
  private static final String FOUR = "cb00710a" + "c6336401" + "d903" + "01bb";

  private final ProxyHeaderParser parser = new ProxyHeaderParser();

  private int parse(ByteBuf bytes) {
    try {
      int before = bytes.readerIndex();
      int length = parser.parse(bytes);
      assertThat(bytes.readerIndex()).isEqualTo(before);
      return length;
    } finally {
      bytes.release();
    }
  }

  private int line(String text) {
    return parse(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  private int block(String hex) {
    return parse(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)));
  }

  @ParameterizedTest
  @CsvSource({
    "PROXY TCP4 203.0.113.10 198.51.100.1 55555 443,203.0.113.10:55555,198.51.100.1:443",
    "PROXY TCP4 0.0.0.0 255.255.255.255 0 65535,0.0.0.0:0,255.255.255.255:65535",
    "PROXY TCP6 2001:db8::a ::1 1 80,2001:db8:0:0:0:0:0:a:1,0:0:0:0:0:0:0:1:80",
    "PROXY TCP6 ::ffff:203.0.113.10 ::1 1 80,203.0.113.10:1,0:0:0:0:0:0:0:1:80"
  })
  void aLineSaysWhoAndWhere(String line, String source, String destination) {
    assertThat(line(line + "\r\nGET / HTTP/1.1")).isEqualTo(line.length() + 2);
    assertThat(text(parser.header().source())).isEqualTo(source);
    assertThat(text(parser.header().destination())).isEqualTo(destination);
  }

  private static String text(InetSocketAddress address) {
    return address == null ? "" : address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY UNKNOWN",
        "PROXY UNKNOWN ffff::1 ffff::2 65535 65535",
        "PROXY UNKNOWN what ever"
      })
  void aLineMaySayNothing(String line) {
    assertThat(line(line + "\r\n")).isEqualTo(line.length() + 2);
    assertThat(parser.header()).isEqualTo(ProxyHeader.SILENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n",
        "proxy TCP4 1.1.1.1 1.1.1.1 1 1\r\n",
        "PROXY  TCP4 1.1.1.1 1.1.1.1 1 1\r\n",
        "PROXY TCP4 1.1.1.1  1.1.1.1 1 1\r\n",
        "PROXY TCP4 1.1.1.1 1.1.1.1 1 1 \r\n",
        "PROXY TCP4 1.1.1.1 1.1.1.1 1\r\n",
        "PROXY TCP4 1.1.1.1 1.1.1.1 1 1\n",
        "PROXY TCP4 1.1.1.1 1.1.1.1 1 1\rX",
        "PROXY TCP4 1.1.1.1\t1.1.1.1 1 1\r\n",
        "PROXY TCP4 01.1.1.1 1.1.1.1 1 1\r\n",
        "PROXY TCP4 1.1.1 1.1.1.1 1 1\r\n",
        "PROXY TCP4 1.1.1.256 1.1.1.1 1 1\r\n",
        "PROXY TCP4 ::1 ::1 1 1\r\n",
        "PROXY TCP6 1.1.1.1 1.1.1.1 1 1\r\n",
        "PROXY TCP6 ::1%lo ::1 1 1\r\n",
        "PROXY TCP6 [::1] ::1 1 1\r\n",
        "PROXY TCP6 :::1 ::1 1 1\r\n",
        "PROXY TCP6 localhost ::1 1 1\r\n",
        "PROXY TCP4 1.1.1.1 1.1.1.1 +1 1\r\n",
        "PROXY TCP4 1.1.1.1 1.1.1.1 01 1\r\n",
        "PROXY TCP4 1.1.1.1 1.1.1.1 65536 1\r\n",
        "PROXY TCP4 1.1.1.1 1.1.1.1 1 -1\r\n",
        "PROXY TCP4 1.1.1.1 1.1.1.1  1\r\n",
        "PROXY UDP4 1.1.1.1 1.1.1.1 1 1\r\n",
        "PROXY UNKNOWNS\r\n",
        "PROXY \r\n",
        "PROXY TCP4 1.1.1.1 1.1.1.1 1 1\0\r\n",
        "PROXY TCP4 1.1.1.1 1.1.1.1 1 \u00e9\r\n"
      })
  void whatIsNoLineIsRefused(String text) {
    assertThat(line(text)).isEqualTo(ProxyHeaderParser.MALFORMED);
  }

  @Test
  void aLineHas107BytesAtTheMost() {
    String longest = "PROXY UNKNOWN " + "x".repeat(107 - 16) + "\r\n";
    assertThat(line(longest)).isEqualTo(107);
    assertThat(line("PROXY UNKNOWN " + "x".repeat(107 - 15) + "\r\n"))
        .isEqualTo(ProxyHeaderParser.MALFORMED);
    assertThat(line("PROXY UNKNOWN " + "x".repeat(107 - 14)))
        .isEqualTo(ProxyHeaderParser.MALFORMED);
  }

  @Test
  void theFirstWrongByteIsEnough() {
    assertThat(line("PRI")).isEqualTo(ProxyHeaderParser.MALFORMED);
    assertThat(line("\r\n\r\nG")).isEqualTo(ProxyHeaderParser.MALFORMED);
    assertThat(line("\u0016")).isEqualTo(ProxyHeaderParser.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        BEGIN_2 + "1111000c" + FOUR, // version 1
        BEGIN_2 + "3111000c" + FOUR, // version 3
        BEGIN_2 + "2211000c" + FOUR, // a command of nobody
        BEGIN_2 + "2112000c" + FOUR, // datagrams
        BEGIN_2 + "2122000c" + FOUR,
        BEGIN_2 + "2101000c" + FOUR, // a family and transport of nobody
        BEGIN_2 + "2141000c" + FOUR,
        BEGIN_2 + "2111000b" + FOUR, // too short for its addresses
        BEGIN_2 + "2121000c" + FOUR,
        BEGIN_2 + "21110ff1" + FOUR, // longer than any
        BEGIN_2 + "2111000d" + FOUR + "00", // a record without a length
        BEGIN_2 + "21110010" + FOUR + "01000200" // a record that is cut
      })
  void whatIsNoBlockIsRefused(String hex) {
    assertThat(block(hex)).isEqualTo(ProxyHeaderParser.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        BEGIN_2 + "20000000", // a check of the proxy's own
        BEGIN_2 + "20110004" + "ffffffff", // what it says then does not count
        BEGIN_2 + "21000000",
        BEGIN_2 + "21000003" + "ffffff"
      })
  void aBlockMaySayNothing(String hex) {
    assertThat(block(hex)).isEqualTo(hex.length() / 2);
    assertThat(parser.header()).isEqualTo(ProxyHeader.SILENT);
  }

  @Test
  void everyBeginIsIncomplete() {
    List<String> headers =
        List.of(
            HexFormat.of()
                .formatHex("PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\n".getBytes(StandardCharsets.UTF_8)),
            BEGIN_2 + "21110010" + FOUR + "01000100");
    for (String hex : headers) {
      byte[] whole = HexFormat.of().parseHex(hex);
      for (int length = 0; length < whole.length; length++) {
        assertThat(parse(Unpooled.copiedBuffer(whole, 0, length)))
            .as(hex + " " + length)
            .isEqualTo(ProxyHeaderParser.INCOMPLETE);
      }
      assertThat(parse(Unpooled.copiedBuffer(whole))).isEqualTo(whole.length);
    }
  }

  /// The library writes, this reads.
  @Test
  void whatAnotherWriterWritesIsRead() throws Exception {
    for (HAProxyProtocolVersion version : HAProxyProtocolVersion.values()) {
      for (boolean v6 : new boolean[] {false, true}) {
        boolean records = version == HAProxyProtocolVersion.V2;
        HAProxyMessage message =
            new HAProxyMessage(
                version,
                HAProxyCommand.PROXY,
                v6 ? HAProxyProxiedProtocol.TCP6 : HAProxyProxiedProtocol.TCP4,
                v6 ? "2001:db8::17" : "203.0.113.17",
                v6 ? "2001:db8::1" : "198.51.100.1",
                4711,
                8443,
                records
                    ? List.of(new HAProxyTLV((byte) 2, Unpooled.copiedBuffer(new byte[300])))
                    : List.of());
        EmbeddedChannel writer = new EmbeddedChannel(HAProxyMessageEncoder.INSTANCE);
        assertThat(writer.writeOutbound(message)).isTrue();
        ByteBuf bytes = writer.readOutbound();
        int length = bytes.readableBytes();
        assertThat(parse(bytes)).isEqualTo(length);
        assertThat(parser.header().source())
            .isEqualTo(new InetSocketAddress(v6 ? "2001:db8::17" : "203.0.113.17", 4711));
        assertThat(parser.header().destination())
            .isEqualTo(new InetSocketAddress(v6 ? "2001:db8::1" : "198.51.100.1", 8443));
        writer.finishAndReleaseAll();
      }
    }
  }

  /// This writes, the library and this read.
  @Test
  void whatIsWrittenAnotherReaderReads() throws Exception {
    InetAddress four = InetAddress.getByName("203.0.113.17");
    InetAddress six = InetAddress.getByName("2001:db8::17");
    for (ProxyVersion version : List.of(ProxyVersion.ONE, ProxyVersion.TWO)) {
      for (InetAddress from : List.of(four, six)) {
        for (InetAddress to : List.of(four, six)) {
          InetSocketAddress source = new InetSocketAddress(from, 65_535);
          InetSocketAddress destination = new InetSocketAddress(to, 1);
          ByteBuf bytes = version.write(UnpooledByteBufAllocator.DEFAULT, source, destination);
          assertThat(parser.parse(bytes)).isEqualTo(bytes.readableBytes());
          if (from.equals(to)) {
            assertThat(parser.header()).isEqualTo(new ProxyHeader(source, destination));
          }
          EmbeddedChannel reader = new EmbeddedChannel(new HAProxyMessageDecoder());
          assertThat(reader.writeInbound(bytes)).isTrue();
          HAProxyMessage read = reader.readInbound();
          assertThat(read.proxiedProtocol())
              .isEqualTo(
                  from.equals(four) && to.equals(four)
                      ? HAProxyProxiedProtocol.TCP4
                      : HAProxyProxiedProtocol.TCP6);
          assertThat(read.sourcePort()).isEqualTo(65_535);
          assertThat(read.destinationPort()).isEqualTo(1);
          assertThat(InetAddress.getByName(read.sourceAddress())).isEqualTo(from);
          assertThat(InetAddress.getByName(read.destinationAddress())).isEqualTo(to);
          read.release();
          reader.finishAndReleaseAll();
        }
      }
    }
  }
}
