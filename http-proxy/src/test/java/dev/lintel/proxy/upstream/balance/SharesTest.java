package dev.lintel.proxy.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What share of ten thousand requests each of ten endpoints gets.
class SharesTest {
  private static final int PICKS = 10_000;
  private static final int ENDPOINTS = 10;
  private static final double IDEAL = (double) PICKS / ENDPOINTS;
  private static final long SECOND = 1_000_000_000;

  private final Choice choice = new Choice();

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void randomStaysWithinFourSigma(int loops) {
    Standing[] all = standings(loops, new AtRandom());
    int[] counts = new int[ENDPOINTS];
    for (int i = 0; i < PICKS; i++) {
      counts[new AtRandom().pick(all[i % loops], choice)]++;
    }
    double sigma = Math.sqrt(PICKS * 0.1 * 0.9);
    show("random, " + loops + " loops", counts);
    for (int count : counts) {
      assertThat((double) count).isCloseTo(IDEAL, within(4 * sigma));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void leastRequestStaysWithinFivePercentWhereAllAreAsFast(int loops) {
    LeastRequests by = new LeastRequests();
    Standing[] all = standings(loops, by);
    int[] counts = new int[ENDPOINTS];
    Random chance = new Random(7);
    ArrayDeque<EndpointLoad> inFlight = new ArrayDeque<>();
    for (int i = 0; i < PICKS; i++) {
      Standing from = all[chance.nextInt(loops)];
      int picked = by.pick(from, choice);
      counts[picked]++;
      inFlight.add(begin(from, picked));
      if (inFlight.size() > 64) {
        inFlight.remove().end();
      }
    }
    show("least_request, " + loops + " loops", counts);
    for (int count : counts) {
      assertThat((double) count).isCloseTo(IDEAL, within(IDEAL * 0.05));
    }
  }

  @Test
  void leastRequestSparesAnEndpointThatHoldsItsRequests() {
    LeastRequests by = new LeastRequests();
    Standing from = standings(1, by)[0];
    int[] counts = new int[ENDPOINTS];
    for (int i = 0; i < PICKS; i++) {
      int picked = by.pick(from, choice);
      counts[picked]++;
      EndpointLoad load = begin(from, picked);
      if (picked != 0) {
        load.end();
      }
    }
    show("least_request, one never answers", counts);
    assertThat(counts[0]).isLessThan(5);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theRingStaysWithinAQuarter(int loops) {
    ByHash by = new ByHash();
    Standing[] all = standings(loops, by);
    int[] counts = new int[ENDPOINTS];
    for (int i = 0; i < PICKS; i++) {
      byte[] key = ("/item/" + i).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      choice.begin();
      choice.hash(HashRing.hash(key, 0, key.length));
      int picked = by.pick(all[i % loops], choice);
      assertThat(by.pick(all[(i + 1) % loops], choice)).isEqualTo(picked);
      counts[picked]++;
    }
    show("ring, " + loops + " loops", counts);
    for (int count : counts) {
      assertThat((double) count).isCloseTo(IDEAL, within(IDEAL * 0.25));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void ewmaLeavesASlowEndpointASmallShare(int loops) {
    FastestResponse by = new FastestResponse();
    Standing[] all = standings(loops, by);
    Random chance = new Random(11);
    record Flight(long end, int endpoint, long took) {}
    PriorityQueue<Flight> flights = new PriorityQueue<>((a, b) -> Long.compare(a.end(), b.end()));
    int[] counts = new int[ENDPOINTS];
    long now = 0;
    for (int i = 0; i < PICKS; i++) {
      now += SECOND / 100;
      for (Flight head = flights.peek(); head != null && head.end() <= now; head = flights.peek()) {
        Flight over = flights.remove();
        observe(all[0], over.endpoint(), over.took(), over.end());
      }
      Standing from = all[i % loops];
      from.now = now;
      int picked = by.pick(from, choice);
      counts[picked]++;
      long took = (picked == 0 ? SECOND / 2 : SECOND / 20) + chance.nextInt(10_000_000);
      flights.add(new Flight(now + took, picked, took));
    }
    show("ewma, the first ten times as slow, " + loops + " loops", counts);
    assertThat(counts[0]).isLessThan((int) (IDEAL / 3)).isPositive();
    for (int i = 1; i < ENDPOINTS; i++) {
      assertThat(counts[i]).isGreaterThan((int) (IDEAL / 2));
    }
  }

  @Test
  void ewmaBeginsANewEndpointAtTheAverage() {
    FastestResponse by = new FastestResponse();
    Standing from = new Standing(1, by).of(Standing.names(1, 2));
    from.now = 100 * SECOND;
    observe(from, 0, SECOND, from.now);
    observe(from, 1, 3 * SECOND, from.now);

    from.of(Standing.names(1, 3));

    assertThat(load(from, 0).average()).isCloseTo(1, within(1e-3));
    assertThat(load(from, 2).average()).isCloseTo(2, within(1e-3));
    from.now += 10 * SECOND;
    assertThat(load(from, 2).score(from.now)).isCloseTo(2 / Math.E, within(1e-3));
  }

  @Test
  void aRefusalDoesNotLookFast() {
    FastestResponse by = new FastestResponse();
    Standing from = new Standing(1, by).of(Standing.names(1, 2));
    from.now = 100 * SECOND;
    for (int i = 0; i < 20; i++) {
      from.now += SECOND;
      observe(from, 1, SECOND / 10, from.now);
      choice.begin(load(from, 0), from.now);
      choice.failed(from.now);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(by.pick(from, choice)).isEqualTo(1);
    }
  }

  @Test
  void aSubsetIsUsedEvenlyAndNobodyElse() {
    BySubset by = new BySubset(3);
    Standing from = standings(1, by)[0];
    choice.begin();
    choice.hash(4711);
    int[] counts = new int[ENDPOINTS];
    for (int i = 0; i < PICKS; i++) {
      counts[by.pick(from, choice)]++;
    }
    show("subset of 3", counts);
    assertThat(Arrays.stream(counts).filter(count -> count > 0).boxed().toList())
        .hasSize(3)
        .allMatch(count -> Math.abs(count - PICKS / 3) < 4 * Math.sqrt(PICKS * 2 / 9.0));
  }

  @Test
  void whateverPicksLeavesOutWhatWasTried() {
    for (Balancer by :
        new Balancer[] {
          new InTurn(),
          new AtRandom(),
          new LeastRequests(),
          new FastestResponse(),
          new ByHash(),
          new BySubset(3),
          new ByCookie(false, false),
          new ByCookie(true, true),
          new SlowStart(new InTurn(), SECOND)
        }) {
      Standing from = standings(1, by)[0];
      for (int round = 0; round < 50; round++) {
        from.tried.clear();
        choice.begin();
        choice.hash(round * 0x9E3779B9);
        for (int i = 0; i < ENDPOINTS; i++) {
          int picked = by.pick(from, choice);
          assertThat(from.tried.add(picked)).as("%s picked %d again", by, picked).isTrue();
          assertThat(picked).isBetween(0, ENDPOINTS - 1);
          from.last = picked;
        }
        assertThat(by.pick(from, choice)).as("%s with none left", by).isEqualTo(-1);
      }
    }
  }

  private static Standing[] standings(int loops, Balancer by) {
    Standing first = new Standing(42, by).of(Standing.names(1, ENDPOINTS));
    return IntStream.range(0, loops)
        .mapToObj(i -> i == 0 ? first : first.onAnotherLoop(42 + i))
        .toArray(Standing[]::new);
  }

  private EndpointLoad begin(Standing at, int index) {
    EndpointLoad load = load(at, index);
    load.begin();
    return load;
  }

  private static void observe(Standing at, int index, long nanos, long now) {
    load(at, index).observe(nanos, now);
  }

  private static EndpointLoad load(Standing at, int index) {
    EndpointLoad load = at.derived().load(index);
    assertThat(load).isNotNull();
    return load;
  }

  private static void show(String what, int[] counts) {
    System.out.println(String.format(Locale.ROOT, "%-40s %s", what, Arrays.toString(counts)));
  }
}
