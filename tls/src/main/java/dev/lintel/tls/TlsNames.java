package dev.lintel.tls;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Protocols, ciphers or groups that were chosen by name, as users of nginx write them
/// (`ssl_protocols`, `ssl_ciphers`, `ssl_ecdh_curve`). What the TLS library does not have is left
/// out and told apart. Immutable.
///
/// @param known under the library's names, in the order of the text, each once
/// @param unknown as they were written
public record TlsNames(List<String> known, List<String> unknown) {
  private static final String SEPARATORS = "[\\s:,]+";

  /// The library has older protocols too; nobody shall offer them any more (RFC 8996).
  private static final Set<String> PROTOCOLS = Set.of("TLSv1.2", "TLSv1.3");

  private static final Map<String, String> GROUPS =
      Map.of(
          "x25519mlkem768", "X25519MLKEM768",
          "x25519", "X25519",
          "prime256v1", "P-256",
          "secp256r1", "P-256",
          "p-256", "P-256",
          "secp384r1", "P-384",
          "p-384", "P-384",
          "secp521r1", "P-521",
          "p-521", "P-521");

  /// Copies the lists.
  public TlsNames {
    known = List.copyOf(known);
    unknown = List.copyOf(unknown);
  }

  /// Protocols with blanks between: `TLSv1.2 TLSv1.3`.
  public static TlsNames protocols(String text) {
    return of(text, word -> PROTOCOLS.contains(word) ? word : null);
  }

  /// Key exchange groups with colons between, under the names of OpenSSL or of NIST:
  /// `X25519:prime256v1`.
  public static TlsNames groups(String text) {
    return of(text, word -> GROUPS.get(word.toLowerCase(Locale.ROOT)));
  }

  /// @param find the library's name for a word, or null
  private static TlsNames of(String text, Function<String, @Nullable String> find) {
    Set<String> known = new LinkedHashSet<>();
    List<String> unknown = new ArrayList<>();
    for (String word : words(text)) {
      String name = find.apply(word);
      if (name != null) {
        known.add(name);
      } else {
        unknown.add(word);
      }
    }
    return new TlsNames(List.copyOf(known), unknown);
  }

  /// A cipher list of OpenSSL (ciphers(1)): names and classes with colons between; `A+B` is what
  /// both classes have, `!` bars for good, `-` takes away and `+` moves to the end. It rules TLS
  /// 1.2: the three ciphers of TLS 1.3 are always there, so that their names say nothing.
  public static TlsNames ciphers(String text) {
    CipherList list = new CipherList();
    List<String> unknown = new ArrayList<>();
    for (String word : words(text)) {
      if (!list.apply(word)) {
        unknown.add(word);
      }
    }
    return new TlsNames(list.names(), unknown);
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.split(SEPARATORS)).filter(word -> !word.isEmpty()).toList();
  }
}
