package dev.lintel.proxy.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/// Which endpoint a key belongs to, and how many keys move.
class HashRingTest {
  private static final int KEYS = 10_000;

  private static int hash(String key) {
    byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
    return HashRing.hash(bytes, 0, bytes.length);
  }

  @Test
  void theHashIsTheCrcOfZip() {
    CRC32 crc = new CRC32();
    crc.update("/cart?item=7".getBytes(StandardCharsets.US_ASCII));

    assertThat(hash("/cart?item=7")).isEqualTo((int) crc.getValue());
    assertThat(hash("")).isZero();
  }

  /// Counts and owners were worked out by a program of its own, whose ring gives the counts that
  /// the tests of `resty.chash` expect.
  @Test
  void keysBelongWhereIngressNginxSendsThem() {
    HashRing ring = HashRing.of(Standing.names(1, 10));
    int[] counts = new int[10];
    for (int i = 1; i <= KEYS; i++) {
      counts[ring.indexOf(hash(Integer.toString(i)))]++;
    }

    assertThat(counts).containsExactly(898, 968, 999, 1019, 1028, 915, 997, 1021, 1062, 1093);
    assertThat(ring.indexOf(hash("1626451433.975.301.394878"))).isEqualTo(5);
    assertThat(ring.indexOf(hash("/cart?item=7"))).isEqualTo(7);
    assertThat(ring.indexOf(hash(""))).isEqualTo(4);
    assertThat(ring.indexOf(hash("203.0.113.9"))).isEqualTo(9);
  }

  @Test
  void theOrderOfTheNamesIsOfNoMeaning() {
    List<String> names = Standing.names(1, 10);
    HashRing ring = HashRing.of(names);
    HashRing turned = HashRing.of(names.reversed());

    for (int i = 0; i < KEYS; i++) {
      assertThat(turned.indexOf(hash("k" + i))).isEqualTo(9 - ring.indexOf(hash("k" + i)));
    }
  }

  @Test
  void whenOneOfTenGoesOnlyItsOwnKeysMove() {
    for (int gone = 0; gone < 10; gone++) {
      List<String> left = new ArrayList<>(Standing.names(1, 10));
      String lost = left.remove(gone);
      int moved = moved(Standing.names(1, 10), left, lost);
      System.out.println("keys that moved when " + lost + " went: " + moved + " of " + KEYS);
      assertThat(moved).isPositive().isLessThan((int) (KEYS * 0.15));
    }
  }

  private static List<String> without(int index) {
    List<String> left = new ArrayList<>(Standing.names(1, 5));
    left.remove(index);
    return left;
  }

  /// Else a client would change its endpoint twice: when it fails, and when it is left out.
  @Test
  void aSubstituteIsWhoWillOwnTheKeyOnceTheTriedOneIsGone() {
    ByHash byHash = new ByHash();
    Standing all = new Standing(1, byHash).of(Standing.names(1, 5));
    Map<Integer, Standing> rests = new HashMap<>();
    Choice choice = new Choice();
    for (int i = 0; i < KEYS; i++) {
      choice.begin();
      choice.hash(hash("k" + i));
      all.tried.clear();
      int owner = byHash.pick(all, choice);
      all.tried.add(owner);
      Standing rest =
          rests.computeIfAbsent(owner, gone -> new Standing(1, byHash).of(without(gone)));

      assertThat(all.name(byHash.pick(all, choice)))
          .isEqualTo(rest.name(byHash.pick(rest, choice)));
    }
  }

  @Test
  void whenOneComesKeysMoveOnlyToIt() {
    List<String> more = Standing.names(1, 11);
    int moved = moved(more, Standing.names(1, 10), "10.0.0.11:8080");
    System.out.println("keys that moved when an eleventh came: " + moved + " of " + KEYS);
    assertThat(moved).isPositive().isLessThan((int) (KEYS * (1.0 / 11 + 0.05)));
  }

  /// How many keys of `all` belong elsewhere in `left`, which lacks one of them; all of them
  /// belonged to that one.
  private static int moved(List<String> all, List<String> left, String lost) {
    HashRing before = HashRing.of(all);
    HashRing after = HashRing.of(left);
    int moved = 0;
    for (int i = 0; i < KEYS; i++) {
      int hash = hash("session-" + i);
      String was = all.get(before.indexOf(hash));
      if (!was.equals(left.get(after.indexOf(hash)))) {
        assertThat(was).isEqualTo(lost);
        moved++;
      }
    }
    return moved;
  }

  @Test
  void aRingWithoutNamesHasNoAnswer() {
    assertThat(HashRing.of(List.of()).indexOf(7)).isEqualTo(-1);
  }
}
