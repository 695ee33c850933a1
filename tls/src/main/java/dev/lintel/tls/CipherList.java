package dev.lintel.tls;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A cipher list of OpenSSL that is being read (ciphers(1)): one word after another adds ciphers,
/// takes them away or bars them. For one thread.
final class CipherList {
  /// The ciphers for TLS 1.2 that the library has, the preferred one first.
  private static final List<Suite> ALL =
      List.of(
          new Suite("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE ECDSA AES AES128 AESGCM"),
          new Suite("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE aRSA AES AES128 AESGCM"),
          new Suite("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE ECDSA AES AES256 AESGCM"),
          new Suite("ECDHE-RSA-AES256-GCM-SHA384", "ECDHE aRSA AES AES256 AESGCM"),
          new Suite("ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE ECDSA CHACHA20"),
          new Suite("ECDHE-RSA-CHACHA20-POLY1305", "ECDHE aRSA CHACHA20"),
          new Suite("ECDHE-ECDSA-AES128-SHA", "ECDHE ECDSA AES AES128 SHA"),
          new Suite("ECDHE-RSA-AES128-SHA", "ECDHE aRSA AES AES128 SHA"),
          new Suite("ECDHE-ECDSA-AES256-SHA", "ECDHE ECDSA AES AES256 SHA"),
          new Suite("ECDHE-RSA-AES256-SHA", "ECDHE aRSA AES AES256 SHA"),
          new Suite("AES128-GCM-SHA256", "kRSA aRSA AES AES128 AESGCM"),
          new Suite("AES256-GCM-SHA384", "kRSA aRSA AES AES256 AESGCM"),
          new Suite("AES128-SHA", "kRSA aRSA AES AES128 SHA"),
          new Suite("AES256-SHA", "kRSA aRSA AES AES256 SHA"));

  private static final String TLS_13 = "TLS_";

  private final List<Suite> chosen = new ArrayList<>();
  private final Set<Suite> barred = new LinkedHashSet<>();

  /// What stands before a word.
  private enum Sign {
    NONE,
    BAR,
    TAKE_AWAY,
    MOVE_LAST;

    static Sign of(String word) {
      return switch (word.charAt(0)) {
        case '!' -> BAR;
        case '-' -> TAKE_AWAY;
        case '+' -> MOVE_LAST;
        default -> NONE;
      };
    }
  }

  /// @param classes the classes of OpenSSL that it belongs to
  private record Suite(String name, Set<String> classes) {
    Suite(String name, String classes) {
      this(name, Set.copyOf(Arrays.asList(classes.split(" "))));
    }

    boolean isOf(String word) {
      return switch (word) {
        case "ALL", "HIGH", "DEFAULT" -> true;
        case "EECDH", "kEECDH", "kECDHE" -> classes.contains("ECDHE");
        case "aECDSA" -> classes.contains("ECDSA");
        case "RSA" -> classes.contains("kRSA");
        case "SHA1" -> classes.contains("SHA");
        case "TLSv1.2" -> !classes.contains("SHA");
        case "AESCBC" -> classes.contains("SHA");
        default -> name.equals(word) || classes.contains(word);
      };
    }
  }

  /// Carries out one word.
  ///
  /// @return whether it named anything; what is barred or taken away need not be there
  boolean apply(String word) {
    Sign sign = Sign.of(word);
    String expression = sign == Sign.NONE ? word : word.substring(1);
    List<Suite> meant = meant(expression);
    switch (sign) {
      case NONE -> {
        boolean known = !meant.isEmpty() || expression.startsWith(TLS_13);
        meant.removeAll(chosen);
        meant.removeAll(barred);
        chosen.addAll(meant);
        return known;
      }
      case BAR -> {
        barred.addAll(meant);
        chosen.removeAll(meant);
      }
      case TAKE_AWAY -> chosen.removeAll(meant);
      case MOVE_LAST -> {
        List<Suite> moved = new ArrayList<>(chosen);
        moved.retainAll(meant);
        chosen.removeAll(moved);
        chosen.addAll(moved);
      }
    }
    return true;
  }

  private static List<Suite> meant(String expression) {
    List<String> classes = List.of(expression.split("\\+"));
    List<Suite> meant = new ArrayList<>();
    for (Suite suite : ALL) {
      if (classes.stream().allMatch(suite::isOf)) {
        meant.add(suite);
      }
    }
    return meant;
  }

  /// The ciphers that were chosen, in their order.
  List<String> names() {
    return chosen.stream().map(Suite::name).toList();
  }
}
