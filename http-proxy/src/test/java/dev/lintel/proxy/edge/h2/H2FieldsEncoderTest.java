package dev.lintel.proxy.edge.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class H2FieldsEncoderTest {
  private final H2FieldsEncoder encoder = new H2FieldsEncoder();
  private final DefaultHttp2HeadersDecoder client = new DefaultHttp2HeadersDecoder();

  /// What the client reads of a list with this field.
  private Http2Headers passed(String value) throws Exception {
    ByteBuf block = Unpooled.buffer();
    encoder.encodeHeaders(1, new DefaultHttp2Headers().status("200").set("x-a", value), block);
    return client.decodeHeaders(1, block);
  }

  @ParameterizedTest
  @ValueSource(strings = {"8 2", "2 8", "4096 8 2 100", "0 4096", "0", "100 0 50", "4096"})
  void aClientMaySetTheSizeOfItsTableAgainBeforeItGetsAList(String sizes) throws Exception {
    assertThat(passed("1").get("x-a")).hasToString("1");
    for (String size : sizes.split(" ")) {
      encoder.configuration().maxHeaderTableSize(Long.parseLong(size));
      client.maxHeaderTableSize(Long.parseLong(size));
    }
    assertThat(passed("1").get("x-a")).hasToString("1");
    assertThat(passed("2").get("x-a")).hasToString("2");
  }
}
