package dev.lintel.proxy.grpc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.message.Slice;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcWebBridgeTest {
  /// What a body is translated to when it comes in pieces of `step` bytes; null where it is
  /// refused.
  private static @Nullable String request(String body, int step) {
    byte[] type = "application/grpc-web-text".getBytes(US_ASCII);
    GrpcWebBridge bridge = new GrpcWebBridge(Slice.of(type), Grpc.Kind.WEB_TEXT);
    StringBuilder all = new StringBuilder();
    for (int at = 0; at < body.length(); at += step) {
      int end = Math.min(body.length(), at + step);
      ByteBuf piece = Unpooled.copiedBuffer(body.substring(at, end), US_ASCII);
      ByteBuf plain = bridge.request(piece, end == body.length());
      if (plain == null) {
        return null;
      }
      all.append(plain.toString(US_ASCII));
      plain.release();
    }
    return all.toString();
  }

  @ParameterizedTest
  @CsvSource({"YWJj, abc", "YQ==YmM=ZGVm, abcdef", "YWI=, ab", "YR==, a"})
  void aBodyIsReadAlikeWhereverItIsCut(String body, String plain) {
    for (int step = 1; step <= body.length(); step++) {
      assertThat(request(body, step)).as("pieces of %d", step).isEqualTo(plain);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "YWJ", // half a group
        "YQ=C", // something behind padding
        "Y===", // no whole byte
        "====",
        "YW\tJ", // white space, of which a lenient reader makes another grouping
        "Y\t\t\t\t\t\t\tWJj",
        "YW-_" // the other alphabet
      })
  void whatIsNotBase64IsRefusedWhereverItIsCut(String body) {
    for (int step = 1; step <= body.length(); step++) {
      assertThat(request(body, step)).as("pieces of %d", step).isNull();
    }
  }
}
