package dev.lintel.proxy.edge.h3;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class RetryTokensTest {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.1", 4433);
  private static final byte[] KEY = RetryTokens.newKey();

  private long now = 1_000;
  private final RetryTokens tokens = new RetryTokens(KEY, 20, () -> now);
  private final ByteBuf first = Unpooled.copiedBuffer(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
  private final ByteBuf ours = Unpooled.wrappedBuffer(new byte[20]);

  private ByteBuf token() {
    ByteBuf token = Unpooled.buffer(tokens.maxTokenLength());
    assertThat(tokens.writeToken(token, first, CLIENT)).isTrue();
    return token;
  }

  private boolean isTaken(RetryTokens by, ByteBuf token, InetSocketAddress from, ByteBuf id) {
    return by.validateToken(token.slice(), from, id.slice()).isValid();
  }

  @Test
  void aTokenIsTakenFromTheAddressItWasSentToByAnySocket() {
    ByteBuf token = token();
    assertThat(isTaken(tokens, token, CLIENT, ours)).isTrue();
    assertThat(isTaken(new RetryTokens(KEY, 20, () -> now), token, CLIENT, ours)).isTrue();
    int idAt = tokens.validateToken(token.slice(), CLIENT);
    assertThat(token.slice(idAt, token.readableBytes() - idAt)).isEqualTo(first);
  }

  @Test
  void nobodyElseMayUseIt() {
    ByteBuf token = token();
    assertThat(isTaken(tokens, token, new InetSocketAddress("192.0.2.2", 4433), ours)).isFalse();
    assertThat(isTaken(tokens, token, new InetSocketAddress("192.0.2.1", 4434), ours)).isFalse();
    assertThat(isTaken(new RetryTokens(RetryTokens.newKey(), 20, () -> now), token, CLIENT, ours))
        .isFalse();
  }

  @Test
  void itLastsThirtySeconds() {
    ByteBuf token = token();
    now += 30;
    assertThat(isTaken(tokens, token, CLIENT, ours)).isTrue();
    now += 1;
    assertThat(isTaken(tokens, token, CLIENT, ours)).isFalse();
    now -= 32;
    assertThat(isTaken(tokens, token, CLIENT, ours)).as("of the future").isFalse();
  }

  @Test
  void noByteOfItMayBeAnother() {
    ByteBuf token = token();
    for (int i = 0; i < token.readableBytes(); i++) {
      ByteBuf other = token.copy();
      other.setByte(i, other.getByte(i) ^ 1);
      assertThat(isTaken(tokens, other, CLIENT, ours)).as("byte %d", i).isFalse();
    }
    assertThat(isTaken(tokens, token.slice(0, 20), CLIENT, ours)).isFalse();
    assertThat(isTaken(tokens, Unpooled.EMPTY_BUFFER, CLIENT, ours)).isFalse();
  }

  @Test
  void theIdBesideItIsOneOfOurs() {
    assertThat(isTaken(tokens, token(), CLIENT, ours.slice(0, 8))).isFalse();
  }
}
