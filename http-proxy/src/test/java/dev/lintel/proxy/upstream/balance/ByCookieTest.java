package dev.lintel.proxy.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Where a client's cookie leads, while endpoints come, go and fail.
class ByCookieTest {
  private static final int CLIENTS = 10_000;

  private final Choice choice = new Choice();
  private long seed = 1;

  private Standing standing(Balancer by, List<String> names) {
    return new Standing(seed++, by).of(names);
  }

  /// A client without a cookie, and the key that it is given.
  private String newKey(ByCookie by, Standing at) {
    choice.begin();
    at.tried.clear();
    int picked = by.pick(at, choice);
    String key = text(choice.newKey());
    assertThat(key).isNotEmpty();
    assertThat(endpoint(by, at, key)).isEqualTo(at.name(picked));
    return key;
  }

  /// Where a client with its cookie is sent; it keeps the cookie.
  private String endpoint(ByCookie by, Standing at, String key) {
    begin(key, true);
    String name = at.name(by.pick(at, choice));
    assertThat(choice.newKey()).isEmpty();
    return name;
  }

  private void begin(String key, boolean isOwn) {
    choice.begin();
    choice.key(Slice.of(key), isOwn);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private static ByCookie balanced() {
    return new ByCookie(false, false);
  }

  private static ByCookie persistent() {
    return new ByCookie(true, false);
  }

  @Test
  void keysAndMarksAreThoseOfIngressNginx() {
    EndpointKeys keys = EndpointKeys.of("default-shop-80", Standing.names(1, 3));

    assertThat(text(keys.key(0))).isEqualTo("9809cb30f0cbee517e98ec6f00e4532e");
    assertThat(text(EndpointKeys.mark("default-shop-80")))
        .isEqualTo("a630d342a7253deaa8858cf51930c012");
  }

  @Test
  void clientsAreSpreadOverAllEndpoints() {
    for (ByCookie by : new ByCookie[] {balanced(), persistent()}) {
      Standing at = standing(by, Standing.names(1, 10));
      int[] counts = new int[10];
      for (int i = 0; i < CLIENTS; i++) {
        choice.begin();
        counts[by.pick(at, choice)]++;
      }
      for (int count : counts) {
        assertThat(count).isBetween(750, 1_250);
      }
    }
  }

  @Test
  void balancedMovesFewClientsWhenEndpointsComeAndGo() {
    ByCookie by = balanced();
    List<String> ten = Standing.names(1, 10);
    Standing before = standing(by, ten);
    Standing without = standing(by, Standing.names(1, 9));
    Standing with = standing(by, Standing.names(1, 11));
    int left = 0;
    int joined = 0;
    for (int i = 0; i < CLIENTS; i++) {
      String key = newKey(by, before);
      String was = endpoint(by, before, key);
      left += endpoint(by, without, key).equals(was) ? 0 : 1;
      joined += endpoint(by, with, key).equals(was) ? 0 : 1;
    }
    System.out.println(
        "clients that moved, of "
            + CLIENTS
            + ": one of ten gone "
            + left
            + ", an eleventh came "
            + joined);
    assertThat(left).isPositive().isLessThan((int) (CLIENTS * 0.15));
    assertThat(joined).isPositive().isLessThan((int) (CLIENTS * (1.0 / 11 + 0.05)));
  }

  @Test
  void persistentKeepsAClientThroughRestartsAndAHundredChanges() {
    ByCookie by = persistent();
    Standing at = standing(by, Standing.names(1, 10));
    String key = newKey(by, at);
    String own = endpoint(by, at, key);
    Random chance = new Random(3);
    for (int change = 0; change < 100; change++) {
      List<String> names = new ArrayList<>(Standing.names(1, 2 + chance.nextInt(40)));
      names.removeIf(name -> !name.equals(own) && chance.nextInt(3) == 0);
      if (!names.contains(own)) {
        names.add(chance.nextInt(names.size() + 1), own);
      }
      assertThat(endpoint(by, at.of(names), key)).isEqualTo(own);
      assertThat(endpoint(by, standing(by, names), key)).as("after a restart").isEqualTo(own);
    }
    at.of(Standing.names(201, 203));
    begin(key, true);
    assertThat(by.pick(at, choice)).isBetween(0, 2);
    assertThat(text(choice.newKey())).as("its endpoint is gone").isNotEmpty().isNotEqualTo(key);
  }

  @Test
  void aCookieOfAnotherUpstreamKeepsItsKeyAndIsWrittenAnew() {
    ByCookie by = balanced();
    Standing at = standing(by, Standing.names(1, 10));
    String key = newKey(by, at);
    String own = endpoint(by, at, key);

    begin(key, false);
    assertThat(at.name(by.pick(at, choice))).isEqualTo(own);
    assertThat(text(choice.newKey())).isEqualTo(key);
  }

  @Test
  void aFailureIsForThatRequestOnlyUnlessItChangesTheCookie() {
    for (boolean isPersistent : new boolean[] {false, true}) {
      ByCookie keeps = new ByCookie(isPersistent, false);
      Standing at = standing(keeps, Standing.names(1, 10));
      String key = newKey(keeps, at);
      begin(key, true);
      int own = keeps.pick(at, choice);
      at.tried.add(own);
      at.last = own;
      assertThat(keeps.pick(at, choice)).isNotEqualTo(own);
      assertThat(choice.newKey()).isEmpty();

      ByCookie changes = new ByCookie(isPersistent, true);
      at.tried.clear();
      begin(key, true);
      assertThat(changes.pick(at, choice)).isEqualTo(own);
      at.tried.add(own);
      int other = changes.pick(at, choice);
      String changed = text(choice.newKey());
      assertThat(changed).isNotEmpty().isNotEqualTo(key);
      at.tried.clear();
      assertThat(endpoint(changes, at, changed)).isEqualTo(at.name(other));
    }
  }

  @Test
  void balancedHasTheSameSubstituteForEveryRequestOfAClient() {
    ByCookie by = balanced();
    Standing at = standing(by, Standing.names(1, 10));
    String key = newKey(by, at);
    begin(key, true);
    at.tried.add(by.pick(at, choice));
    int substitute = by.pick(at, choice);
    for (int i = 0; i < 20; i++) {
      assertThat(by.pick(at, choice)).isEqualTo(substitute);
    }
  }

  @Test
  void anOldConnectionThatWasClosedCostsNoClientItsEndpoint() {
    for (ByCookie by : new ByCookie[] {balanced(), new ByCookie(true, true)}) {
      Standing at = standing(by, Standing.names(1, 10));
      String key = newKey(by, at);
      begin(key, true);
      int own = by.pick(at, choice);
      at.tried.add(own);
      at.last = own;
      at.repeats = true;
      assertThat(by.pick(at, choice)).isEqualTo(own);
      assertThat(choice.newKey()).isEmpty();
    }
  }

  @Test
  void aClientWhoseFirstEndpointFailsGetsTheKeyOfTheOneThatAnswers() {
    for (ByCookie by : new ByCookie[] {balanced(), persistent()}) {
      Standing at = standing(by, Standing.names(1, 10));
      choice.begin();
      at.tried.add(by.pick(at, choice));
      int answered = by.pick(at, choice);
      String key = text(choice.newKey());
      at.tried.clear();
      assertThat(endpoint(by, at, key)).isEqualTo(at.name(answered));
    }
  }
}
