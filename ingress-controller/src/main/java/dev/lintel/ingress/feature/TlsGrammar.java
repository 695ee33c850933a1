package dev.lintel.ingress.feature;

import dev.lintel.tls.TlsNames;
import java.util.List;
import java.util.function.Function;

/// Names of protocols, ciphers or groups; what TLS does not know among them is skipped.
///
/// @param describe what may be written
/// @param separator what stands between the names where they are shown
/// @param reader reads a list
record TlsGrammar(String describe, String separator, Function<String, TlsNames> reader)
    implements Grammar<TlsNames> {
  /// Groups in their usual order.
  private static final String AUTO = "auto";

  static TlsGrammar protocols() {
    return new TlsGrammar("`TLSv1.2`, `TLSv1.3` or both", " ", TlsNames::protocols);
  }

  static TlsGrammar ciphers() {
    return new TlsGrammar("cipher list of OpenSSL", ":", TlsNames::ciphers);
  }

  /// @param usual what `auto` means
  static TlsGrammar groups(List<String> usual) {
    return new TlsGrammar(
        "`auto`, or groups such as `X25519` and `prime256v1` with colons between",
        ":",
        text -> text.equals(AUTO) ? new TlsNames(usual, List.of()) : TlsNames.groups(text));
  }

  @Override
  public Reading<TlsNames> read(String text) {
    TlsNames names = reader.apply(text);
    return names.known().isEmpty()
        ? new Reading.Fault<>("names none that can be offered", describe.replace("`", ""))
        : new Reading.Value<>(names);
  }

  @Override
  public String show(TlsNames value) {
    return String.join(separator, value.known());
  }
}
