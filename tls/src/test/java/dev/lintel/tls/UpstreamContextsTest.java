package dev.lintel.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UpstreamContextsTest {
  private static final UpstreamTlsPolicy NAMED = named("a.test");

  private static UpstreamTlsPolicy named(String serverName) {
    return new UpstreamTlsPolicy(
        List.of("TLSv1.2"), UpstreamTlsPolicy.UNVERIFIED.ciphers(), null, null, serverName);
  }

  @Test
  void equalPoliciesShareAContextAndOthersDoNot() {
    try (UpstreamContexts contexts = new UpstreamContexts()) {
      UpstreamTls first = contexts.of(NAMED, false);

      assertThat(contexts.of(named("a.test"), false)).isSameAs(first);
      assertThat(contexts.of(named("b.test"), false)).isNotSameAs(first);
      assertThat(contexts.of(NAMED, true)).isNotSameAs(first);
      assertThat(contexts.of(UpstreamTlsPolicy.UNVERIFIED, false)).isNotSameAs(first);
      assertThat(contexts.size()).isEqualTo(4);
    }
  }

  @Test
  void whatIsNotUsedIsRetiredAndMadeAnewWhenItIsUsedAgain() throws Exception {
    try (UpstreamContexts contexts = new UpstreamContexts()) {
      UpstreamTls first = contexts.of(NAMED, false);
      UpstreamTls second = contexts.of(UpstreamTlsPolicy.UNVERIFIED, false);
      first.warm();
      contexts.keepOnly(Set.of(second));

      assertThat(contexts.size()).isEqualTo(1);
      assertThat(contexts.of(UpstreamTlsPolicy.UNVERIFIED, false)).isSameAs(second);
      assertThat(contexts.of(NAMED, false)).isNotSameAs(first);
    }
  }

  @Test
  void policiesAreOrderedByAllThatMakesThemUnequal() {
    assertThat(NAMED).isEqualByComparingTo(named("a.test")).isEqualTo(named("a.test"));
    assertThat(NAMED.compareTo(named("b.test"))).isNegative();
    assertThat(NAMED.compareTo(UpstreamTlsPolicy.UNVERIFIED)).isNotZero();
  }
}
