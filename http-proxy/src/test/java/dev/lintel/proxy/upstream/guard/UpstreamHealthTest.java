package dev.lintel.proxy.upstream.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamHealthTest {
  private static final long SECOND = 1_000_000_000;
  private static final CheckSettings CHECK = new CheckSettings("/", 1_000, 1_000, 2, 3);
  private static final HealthSettings SETTINGS = new HealthSettings(5, 5_000, false, CHECK);

  private final List<EndpointHealth> suspects = new ArrayList<>();
  private final HealthReport report = new HealthReport();
  private long now = Long.MAX_VALUE - 20 * SECOND; // it may wrap around
  private UpstreamHealth health = new UpstreamHealth("shop", SETTINGS, report, suspects::add);

  private static List<InetSocketAddress> addresses(int count) {
    List<InetSocketAddress> all = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      all.add(new InetSocketAddress(InetAddress.ofLiteral("10.0.0." + i), 8_080));
    }
    return all;
  }

  private EndpointHealth endpoint(int number) {
    return health.of(addresses(number).get(number - 1));
  }

  private static void fail(EndpointHealth endpoint, int times) {
    for (int i = 0; i < times; i++) {
      endpoint.failed("test");
    }
  }

  private boolean eject(int number) {
    fail(endpoint(number), 5);
    return health.eject(endpoint(number), now);
  }

  private void check(int number, boolean isGood, int times) {
    for (int i = 0; i < times; i++) {
      health.checked(endpoint(number), isGood);
    }
  }

  @Test
  void fiveFailuresInARowMakeASuspectOnce() {
    health.adopt(addresses(2), now);
    EndpointHealth one = endpoint(1);
    fail(one, 4);
    one.answered(200);
    fail(one, 4);
    assertThat(suspects).isEmpty();
    fail(one, 100);
    assertThat(suspects).containsExactly(one);
    assertThat(health.eject(one, now)).isTrue();
    assertThat(health.isUsed(one)).isFalse();
    assertThat(health.isUsed(endpoint(2))).isTrue();
    assertThat(health.eject(one, now)).isFalse();
    assertThat(report.ejections()).isEqualTo(1);
  }

  @Test
  void aSuspectThatAnsweredMeanwhileIsNotEjected() {
    health.adopt(addresses(2), now);
    fail(endpoint(1), 5);
    endpoint(1).answered(200);
    assertThat(health.eject(endpoint(1), now)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"false, 500, 0", "false, 503, 0", "true, 500, 1", "true, 499, 0"})
  void answersOfAnErrorCountOnlyWhereThatIsWanted(boolean counts, int status, int ejected) {
    health =
        new UpstreamHealth(
            "shop", new HealthSettings(5, 5_000, counts, null), report, suspects::add);
    health.adopt(addresses(2), now);
    for (int i = 0; i < 5; i++) {
      endpoint(1).answered(status);
    }
    assertThat(suspects).hasSize(ejected);
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 1", "3, 1", "4, 2", "5, 2", "10, 5"})
  void atMostHalfAreEjectedAndNeverTheLastOne(int endpoints, int most) {
    health.adopt(addresses(endpoints), now);
    for (int i = 1; i <= endpoints; i++) {
      eject(i);
    }
    assertThat(health.ejected()).isEqualTo(most);
    assertThat(health.isPanicking()).isFalse();
  }

  @Test
  void theLastOneThatIsWellIsNotEjected() {
    health.adopt(addresses(2), now);
    check(2, false, 3);
    assertThat(eject(1)).isFalse();
  }

  @Test
  void eachEjectionIsLongerUpToSixTimes() {
    health.adopt(addresses(2), now);
    EndpointHealth one = endpoint(1);
    for (int seconds : new int[] {5, 10, 20, 30, 30}) {
      assertThat(eject(1)).isTrue();
      assertThat(one.leftMillis(now)).isEqualTo(1_000L * seconds);
      now += seconds * SECOND;
      assertThat(one.leftMillis(now)).isZero();
      assertThat(health.readmit(one, now)).isTrue();
    }
    now += 101 * SECOND;
    assertThat(eject(1)).isTrue();
    assertThat(one.leftMillis(now)).as("forgiven").isEqualTo(5_000);
    now += 5 * SECOND;
    assertThat(health.extend(one, now)).as("not reached").isEqualTo(10_000);
    assertThat(health.isUsed(one)).isFalse();
  }

  @Test
  void whoComesBackIsOnProbationUntilItAnswers() {
    health.adopt(addresses(2), now);
    eject(1);
    health.readmit(endpoint(1), now);
    fail(endpoint(1), 1);
    assertThat(suspects).hasSize(2);
    assertThat(health.eject(endpoint(1), now)).isTrue();
    health.readmit(endpoint(1), now);
    endpoint(1).answered(200);
    fail(endpoint(1), 4);
    assertThat(health.eject(endpoint(1), now)).isFalse();
  }

  @Test
  void whatIsKnownOutlivesOtherEndpointsButNotTheEndpoint() {
    health.adopt(addresses(4), now);
    eject(1);
    EndpointHealth one = endpoint(1);
    health.adopt(addresses(3), now);
    assertThat(endpoint(1)).isSameAs(one);
    assertThat(health.isUsed(one)).isFalse();
    health.adopt(List.of(), now);
    assertThat(health.includes(one)).isFalse();
    health.adopt(addresses(4), now);
    assertThat(health.isUsed(endpoint(1))).isTrue();
    assertThat(health.readmit(one, now)).isFalse();
    assertThat(health.extend(one, now)).isZero();
  }

  @Test
  void whenOthersGoThoseEjectedFirstComeBackUntilHalfAreLeft() {
    health.adopt(addresses(6), now);
    eject(1);
    now += SECOND;
    eject(2);
    now += SECOND;
    eject(3);
    health.adopt(addresses(4), now);
    assertThat(health.isUsed(endpoint(1))).isTrue();
    assertThat(health.isUsed(endpoint(2))).isFalse();
    health.adopt(addresses(1), now);
    assertThat(health.ejected()).isZero();
  }

  @Test
  void checksMakeUnwellAndWellAgainAfterSoMany() {
    health.adopt(addresses(2), now);
    check(1, false, 2);
    check(1, true, 1);
    check(1, false, 2);
    assertThat(health.isUsed(endpoint(1))).isTrue();
    check(1, false, 1);
    assertThat(health.isUsed(endpoint(1))).isFalse();
    check(1, true, 1);
    check(1, false, 1);
    check(1, true, 1);
    assertThat(health.isUsed(endpoint(1))).isFalse();
    check(1, true, 1);
    assertThat(health.isUsed(endpoint(1))).isTrue();
  }

  @Test
  void whereFewerThanHalfAreWellAllAreUsed() {
    health.adopt(addresses(4), now);
    check(1, false, 3);
    check(2, false, 3);
    assertThat(health.isPanicking()).isFalse();
    assertThat(health.isUsed(endpoint(1))).isFalse();
    eject(3);
    assertThat(health.isPanicking()).as("one of four is left").isTrue();
    for (int i = 1; i <= 4; i++) {
      assertThat(health.isUsed(endpoint(i))).isTrue();
    }
    check(1, true, 2);
    assertThat(health.isPanicking()).isFalse();
    assertThat(health.isUsed(endpoint(2))).isFalse();
    assertThat(health.isUsed(endpoint(3))).isFalse();
  }

  @Test
  void anotherUpstreamForTheSameEndpointsKnowsTheSame() {
    health.adopt(addresses(4), now);
    eject(1);
    check(2, false, 3);
    UpstreamHealth next =
        new UpstreamHealth("shop", new HealthSettings(3, 1_000, true, CHECK), report, _ -> {});
    next.inherit(health);
    next.adopt(addresses(4), now);
    assertThat(List.of(next.ejected(), next.unwell())).containsExactly(1, 1);
    assertThat(next.of(addresses(1).get(0)).leftMillis(now)).isEqualTo(5_000);
    UpstreamHealth unchecked =
        new UpstreamHealth("shop", new HealthSettings(5, 1_000, true, null), report, _ -> {});
    unchecked.inherit(health);
    assertThat(List.of(unchecked.ejected(), unchecked.unwell())).containsExactly(1, 0);
    UpstreamHealth lenient =
        new UpstreamHealth("shop", new HealthSettings(0, 0, false, CHECK), report, _ -> {});
    lenient.inherit(health);
    assertThat(List.of(lenient.ejected(), lenient.unwell())).containsExactly(0, 1);
  }
}
