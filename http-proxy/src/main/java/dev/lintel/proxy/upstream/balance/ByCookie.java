package dev.lintel.proxy.upstream.balance;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// The endpoint that the client's cookie names; a new one, and a new key for the cookie, where it
/// names none.
///
/// @param isPersistent whether a key names one endpoint until that is gone, rather than a place on
///   the ring, which moves a share of the clients when endpoints come
/// @param changesOnFailure whether a client is given another endpoint for good when its own one
///   failed, rather than for that request
public record ByCookie(boolean isPersistent, boolean changesOnFailure) implements Balancer {
  /// After so many keys at random none of those left has a place on the ring, as good as certainly.
  private static final int MOST_KEYS = 20;

  private static final int DIGITS = 1_000_000_000;
  private static final int NOBODY = -1;

  /// An endpoint that is left out for a while.
  private static final int SOMEBODY_OUT = -2;

  @Override
  public int pick(Candidates from, Choice choice) {
    int named = choice.hasKey() ? named(from, choice) : NOBODY;
    if (named >= 0 && (!from.isTried(named) || from.mayRepeat() && from.last() == named)) {
      return named;
    }
    if (named != NOBODY && !choice.isNew() && !changesOnFailure) {
      return substitute(from, choice);
    }
    return isPersistent ? newEndpoint(from, choice) : newKey(from, choice);
  }

  private int named(Candidates from, Choice choice) {
    if (isPersistent) {
      EndpointKeys keys = from.derived().keys();
      int found = keys == null ? NOBODY : choice.find(keys);
      EndpointKeys out = from.derived().outKeys();
      return found < 0 && out != null && choice.find(out) >= 0 ? SOMEBODY_OUT : found;
    }
    HashRing ring = from.derived().ring();
    return ring == null ? NOBODY : ring.indexOf(choice.hash());
  }

  /// For this request only; where it can be the same one for all requests of the client.
  private int substitute(Candidates from, Choice choice) {
    HashRing ring = from.derived().ring();
    return isPersistent || ring == null ? Draw.one(from) : ring.untried(choice.hash(), from);
  }

  private static int newEndpoint(Candidates from, Choice choice) {
    int picked = Draw.one(from);
    EndpointKeys keys = from.derived().keys();
    if (keys == null || picked < 0) {
      choice.dropKey();
    } else {
      choice.newKey(keys.key(picked));
    }
    return picked;
  }

  private static int newKey(Candidates from, Choice choice) {
    HashRing ring = from.derived().ring();
    for (int i = 0; ring != null && i < MOST_KEYS; i++) {
      byte[] key = key(from);
      int picked = ring.indexOf(HashRing.hash(key, 0, key.length));
      if (picked >= 0 && !from.isTried(picked)) {
        choice.newKey(key);
        return picked;
      }
    }
    choice.dropKey();
    return Draw.one(from);
  }

  /// Numbers with points between, as ingress-nginx's keys look like.
  private static byte[] key(Candidates from) {
    String text = from.random(DIGITS) + "." + from.random(DIGITS) + "." + from.random(DIGITS);
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public List<Derivation> needs() {
    return List.of(isPersistent ? Derivation.KEYS : Derivation.RING);
  }
}
