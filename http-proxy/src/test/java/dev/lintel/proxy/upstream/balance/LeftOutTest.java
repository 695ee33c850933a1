package dev.lintel.proxy.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.message.Slice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What balancers make of endpoints that are left out for a while: they are not there, and yet not
/// forgotten.
class LeftOutTest {
  private static final int ENDPOINTS = 5;
  private static final int OUT = 1;
  private static final int KEYS = 1_000;

  private final Choice choice = new Choice();

  private static List<String> without(int index) {
    List<String> left = new ArrayList<>(Standing.names(1, ENDPOINTS));
    left.remove(index);
    return left;
  }

  private static List<String> alone(int index) {
    return List.of(Standing.names(1, ENDPOINTS).get(index));
  }

  private void bring(byte[] key) {
    Slice cookie = new Slice();
    cookie.set(key, 0, key.length);
    choice.begin();
    choice.key(cookie, true);
  }

  @Test
  void nobodyPicksThem() {
    for (Balancer by :
        List.of(
            new LeastRequests(),
            new FastestResponse(),
            new AtRandom(),
            new ByHash(),
            new BySubset(2),
            new ByCookie(false, false),
            new ByCookie(true, false),
            new SlowStart(new AtRandom(), 1_000))) {
      Standing standing = new Standing(7, by).of(Standing.names(1, ENDPOINTS));
      standing.of(without(OUT), alone(OUT));
      Set<String> picked = new HashSet<>();
      for (int i = 0; i < KEYS; i++) {
        choice.begin();
        choice.hash(i * 0x9E3779B9);
        picked.add(standing.name(by.pick(standing, choice)));
      }
      assertThat(picked)
          .as("%s", by)
          .hasSize(ENDPOINTS - 1)
          .doesNotContainAnyElementsOf(alone(OUT));
    }
  }

  @Test
  void theKeysOfOthersStay() {
    ByHash by = new ByHash();
    Standing standing = new Standing(7, by).of(Standing.names(1, ENDPOINTS));
    List<String> before = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      choice.hash(i * 0x9E3779B9);
      before.add(standing.name(by.pick(standing, choice)));
    }
    standing.of(without(OUT), alone(OUT));
    for (int i = 0; i < KEYS; i++) {
      choice.hash(i * 0x9E3779B9);
      String now = standing.name(by.pick(standing, choice));
      if (!alone(OUT).contains(before.get(i))) {
        assertThat(now).isEqualTo(before.get(i));
      }
    }
    standing.of(Standing.names(1, ENDPOINTS));
    for (int i = 0; i < KEYS; i++) {
      choice.hash(i * 0x9E3779B9);
      assertThat(standing.name(by.pick(standing, choice))).isEqualTo(before.get(i));
    }
  }

  @Test
  void aClientWhoseEndpointIsLeftOutKeepsItsCookieAndComesBack() {
    for (ByCookie by : List.of(new ByCookie(true, false), new ByCookie(false, false))) {
      Standing standing = new Standing(7, by).of(Standing.names(1, ENDPOINTS));
      byte[] key;
      do {
        choice.begin();
        int picked = by.pick(standing, choice);
        key = choice.newKey();
        if (picked == OUT) {
          break;
        }
      } while (true);
      standing.of(without(OUT), alone(OUT));
      bring(key);
      assertThat(by.pick(standing, choice)).isNotNegative();
      assertThat(choice.newKey()).as("%s", by).isEmpty();
      standing.of(Standing.names(1, ENDPOINTS));
      bring(key);
      assertThat(by.pick(standing, choice)).isEqualTo(OUT);
    }
  }

  @Test
  void aClientThatIsToChangeOnFailureIsMovedForGood() {
    ByCookie by = new ByCookie(true, true);
    Standing standing = new Standing(7, by).of(Standing.names(1, ENDPOINTS));
    byte[] key = EndpointKeys.of(Standing.UPSTREAM, alone(OUT)).key(0);
    standing.of(without(OUT), alone(OUT));
    bring(key);
    assertThat(by.pick(standing, choice)).isNotNegative();
    assertThat(choice.newKey()).isNotEmpty().isNotEqualTo(key);
  }

  @Test
  void loadsOutliveIt() {
    LeastRequests by = new LeastRequests();
    Standing standing = new Standing(7, by).of(Standing.names(1, ENDPOINTS));
    EndpointLoad load = standing.derived().load(OUT);
    standing.of(without(OUT), alone(OUT));
    standing.of(without(OUT), alone(OUT));
    standing.of(Standing.names(1, ENDPOINTS));
    assertThat(standing.derived().load(OUT)).isSameAs(load);
  }
}
