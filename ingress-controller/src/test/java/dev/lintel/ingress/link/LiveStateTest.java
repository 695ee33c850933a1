package dev.lintel.ingress.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What outlives a configuration, and until when.
class LiveStateTest {
  private record Shape(int size) {}

  private static final class Cache implements AutoCloseable {
    private boolean closed;

    @Override
    public void close() {
      closed = true;
    }
  }

  private final LiveState state = new LiveState();
  private final AtomicInteger made = new AtomicInteger();

  private Cache use(String owner, int size) {
    return (Cache)
        state.use(
            new LiveState.Key(owner, Cache.class, new Shape(size)),
            () -> {
              made.incrementAndGet();
              return new Cache();
            });
  }

  @Test
  void equalShapeIsTheSameObject() {
    state.begin();
    Cache first = use("limit default/shop", 1);
    state.retire();
    state.begin();

    assertThat(use("limit default/shop", 1)).isSameAs(first);
    state.retire();
    assertThat(made).hasValue(1);
    assertThat(first.closed).isFalse();
  }

  @Test
  void anotherShapeIsAFreshObjectAndTheOldOneIsClosed() {
    state.begin();
    Cache old = use("limit default/shop", 1);
    state.retire();
    state.begin();

    assertThat(use("limit default/shop", 2)).isNotSameAs(old);
    assertThat(old.closed).as("the old configuration still serves").isFalse();
    state.retire();
    assertThat(old.closed).isTrue();
    assertThat(state.size()).isEqualTo(1);
  }

  @Test
  void whatAPartTakenOverAsItIsUsesStays() {
    state.begin();
    Cache kept = use("limit default/shop", 1);
    state.retire();
    state.begin();
    state.keep(new LiveState.Key("limit default/shop", Cache.class, new Shape(1)));
    state.retire();

    assertThat(kept.closed).isFalse();
  }

  @Test
  void aLinkThatFailedDropsNothing() {
    state.begin();
    Cache first = use("limit default/shop", 1);
    state.retire();
    state.begin(); // and no retire: the link failed before it asked for anything
    state.begin();

    assertThat(use("limit default/shop", 1)).isSameAs(first);
  }
}
