package dev.lintel.proxy.upstream.fcgi;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Heads as they become parameters.
class FcgiRequestTest {
  private final DefaultEventLoop thread = new DefaultEventLoop();
  private final Loop loop = new Loop(0, thread, Transport.portable());
  private final List<Integer> lengths = new ArrayList<>();

  @AfterEach
  void close() {
    thread.shutdownGracefully();
  }

  /// What is sent; null where the head is refused.
  private @Nullable Map<String, String> sent(FastCgi settings, String head) {
    ByteBuf out = Unpooled.buffer();
    if (!new FcgiRequest(settings, loop).write(Unpooled.copiedBuffer(head, US_ASCII), out)) {
      assertThat(out.isReadable()).as("nothing is sent").isFalse();
      return null;
    }
    assertThat(out.readLong()).as("the begin of a request").isEqualTo(0x0101_0001_0008_0000L);
    out.skipBytes(8);
    ByteBuf pairs = Unpooled.buffer();
    while (true) {
      assertThat(out.readInt()).isEqualTo(0x0104_0001);
      int length = out.readUnsignedShort();
      out.skipBytes(2);
      if (length == 0) {
        break;
      }
      lengths.add(length);
      pairs.writeBytes(out, length);
    }
    assertThat(out.isReadable()).isFalse();
    Map<String, String> params = new TreeMap<>();
    while (pairs.isReadable()) {
      int name = length(pairs);
      int value = length(pairs);
      assertThat(
              params.put(
                  pairs.readCharSequence(name, UTF_8).toString(),
                  pairs.readCharSequence(value, UTF_8).toString()))
          .as("no parameter comes twice")
          .isNull();
    }
    return params;
  }

  private static int length(ByteBuf pairs) {
    int first = pairs.getByte(pairs.readerIndex());
    return first >= 0 ? pairs.readByte() : pairs.readInt() & 0x7fff_ffff;
  }

  private static FastCgi with(FcgiParam... params) {
    return new FastCgi("", List.of(params), false);
  }

  private static FcgiParam param(String name, String text) {
    return new FcgiParam(name, ((FcgiText.Parsed) FcgiText.parse(text)).text());
  }

  private static String get(String target, String... lines) {
    StringBuilder head = new StringBuilder("GET " + target + " HTTP/1.0\r\nHost: a.test:8080\r\n");
    for (String line : lines) {
      head.append(line).append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  @Test
  void longParametersAreWhole() {
    String query = "q".repeat(5_000);
    FcgiParam[] many = new FcgiParam[30];
    for (int i = 0; i < many.length; i++) {
      many[i] = param("P" + i, "v".repeat(4_000) + i);
    }
    Map<String, String> params = sent(with(many), get("/?" + query));
    assertThat(params)
        .containsEntry("QUERY_STRING", query)
        .containsEntry("P0", "v".repeat(4_000) + 0)
        .containsEntry("P29", "v".repeat(4_000) + 29);
    assertThat(lengths).hasSizeGreaterThan(1).allMatch(length -> length <= 65_535);
  }

  @Test
  void noPathLeavesItsDirectory() {
    for (String path :
        List.of("/a/%2e%2e/b", "/%2E./b", "/..", "/a/..", "/a%00b", "/a%2", "/a%zz", "/a/%2e%2e")) {
      assertThat(sent(with(), get(path))).as(path).isNull();
    }
    assertThat(sent(with(), get("/a..b/...%20/..c")))
        .containsEntry("SCRIPT_NAME", "/a..b/... /..c");
  }

  @Test
  void fieldsOfOneNameBecomeOneList() {
    assertThat(
            sent(
                with(),
                get("/", "X-A: 1", "Cookie: a=b", "x-a:2 ", "Cookie: c=d", "X_a: 3", "X-Empty:")))
        .containsEntry("HTTP_X_A", "1, 2, 3")
        .containsEntry("HTTP_COOKIE", "a=b; c=d")
        .containsEntry("HTTP_X_EMPTY", "")
        .containsEntry("HTTP_HOST", "a.test:8080")
        .containsEntry("SERVER_NAME", "a.test");
  }

  @Test
  void noMoreThanSoManyFieldsAreTaken() {
    String[] lines = new String[400];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = "X-" + i + ": y";
    }
    assertThat(sent(with(), get("/", lines))).isNull();
  }

  @Test
  void aTextThatIsNoneSaysWhy() {
    assertThat(FcgiText.parse("$")).isInstanceOf(FcgiText.Refused.class);
    assertThat(FcgiText.parse("a$ b")).isInstanceOf(FcgiText.Refused.class);
    assertThat(FcgiText.parse("${host")).isInstanceOf(FcgiText.Refused.class);
    assertThat(FcgiText.parse("$http_")).isInstanceOf(FcgiText.Refused.class);
    assertThat(FcgiText.parse("$arg_a"))
        .isEqualTo(new FcgiText.Refused("$arg_a is no variable here"));
    assertThat(sent(with(param("A", "${host}x$args-$http_x_y")), get("/?b", "X-Y: z")))
        .containsEntry("A", "a.testxb-z");
  }
}
