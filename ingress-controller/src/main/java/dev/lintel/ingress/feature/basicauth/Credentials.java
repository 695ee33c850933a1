package dev.lintel.ingress.feature.basicauth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;

/// The users of a Secret and their password hashes; printed as a count and a fingerprint.
public record Credentials(SortedMap<String, String> hashes) {
  @Override
  public String toString() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      hashes.forEach(
          (user, hash) ->
              digest.update((user + ":" + hash + "\n").getBytes(StandardCharsets.UTF_8)));
      String print = HexFormat.of().formatHex(digest.digest(), 0, 6);
      return "<" + hashes.size() + (hashes.size() == 1 ? " user " : " users ") + print + ">";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java machine has SHA-256", e);
    }
  }
}
