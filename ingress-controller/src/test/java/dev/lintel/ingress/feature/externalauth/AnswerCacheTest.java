package dev.lintel.ingress.feature.externalauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.ResponseHead;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerCacheTest {
  private static final long START = Long.valueOf(Long.MAX_VALUE - 5); // the clock may wrap

  private final AnswerCache cache = new AnswerCache();

  private static AuthAnswer answer(int status) {
    ResponseHead head = new ResponseHead();
    head.answer(status, 0);
    return AuthAnswer.of(head, new HeaderName[0]);
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(32).putInt(number * 0x9e37_79b1).putInt(number).array();
  }

  @Test
  void anAnswerCountsUntilItsTimeIsOver() {
    AuthAnswer kept = answer(200);
    cache.keep(key(1), kept, START, START + 10);

    assertThat(cache.find(key(1), START)).isSameAs(kept);
    assertThat(cache.find(key(1), START + 9)).isSameAs(kept);
    assertThat(cache.find(key(1), START + 10)).isNull();
    assertThat(cache.find(key(2), START)).isNull();
  }

  @Test
  void theNewestAnswerCounts() {
    cache.keep(key(1), answer(200), START, START + 100);
    AuthAnswer newer = answer(401);
    cache.keep(key(1), newer, START, START + 10);

    assertThat(cache.find(key(1), START)).isSameAs(newer);
    assertThat(cache.find(key(1), START + 50)).isNull();
  }

  @Test
  void whereThereAreTooManyTheSoonestForgottenGoes() {
    List<byte[]> alike = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      alike.add(ByteBuffer.allocate(32).putInt(0).putInt(i).array()); // one set of places
      cache.keep(alike.get(i), answer(200), START, START + 100 - i);
    }

    assertThat(cache.find(alike.get(3), START)).isNull();
    for (int i : new int[] {0, 1, 2, 4}) {
      assertThat(cache.find(alike.get(i), START)).as("%d", i).isNotNull();
    }
  }

  @Test
  void itsSizeHasABound() {
    int found = 0;
    for (int i = 0; i < 100_000; i++) {
      cache.keep(key(i), answer(200), START, START + 100);
    }
    for (int i = 0; i < 100_000; i++) {
      found += cache.find(key(i), START) == null ? 0 : 1;
    }
    assertThat(found).isBetween(3_000, 4_096);
  }
}
