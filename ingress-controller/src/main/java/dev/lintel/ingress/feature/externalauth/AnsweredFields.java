package dev.lintel.ingress.feature.externalauth;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.HeaderName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Gives the upstream fields of the service's answer. A client's own are taken out in any case:
/// also where another guard let it in and nobody was asked.
final class AnsweredFields implements RequestFilter {
  private final AuthFilter asked;
  private final HeaderName[] names;
  private final HeaderName[] aliases;

  /// @param isUnderscored whether clients may send what many servers read as the same name
  AnsweredFields(AuthFilter asked, List<String> names, boolean isUnderscored) {
    this.asked = asked;
    this.names = AuthFilter.names(names);
    this.aliases = AuthFilter.names(isUnderscored ? aliases(names) : List.of());
  }

  /// Every way to write an underscore for a hyphen, or the other way round; of names with more than
  /// six, the one with underscores alone.
  static List<String> aliases(List<String> names) {
    List<String> all = new ArrayList<>();
    for (String name : names) {
      String plain = name.replace('_', '-');
      int hyphens = (int) plain.chars().filter(c -> c == '-').count();
      int first = hyphens > 6 ? (1 << 6) - 1 : 0;
      for (int bits = first; bits < 1 << Math.min(6, hyphens); bits++) {
        String alias = hyphens > 6 ? plain.replace('-', '_') : spelt(plain, bits);
        if (!alias.equals(name)) {
          all.add(alias);
        }
      }
    }
    return all;
  }

  private static String spelt(String plain, int bits) {
    StringBuilder text = new StringBuilder(plain);
    int left = bits;
    for (int i = 0; i < plain.length(); i++) {
      if (plain.charAt(i) == '-') {
        text.setCharAt(i, (left & 1) == 0 ? '-' : '_');
        left >>= 1;
      }
    }
    return text.toString();
  }

  @Override
  public Verdict onRequest(Exchange exchange) {
    @Nullable Object answer = exchange.recall(asked);
    for (HeaderName alias : aliases) {
      exchange.removeUpstreamField(alias);
    }
    for (int i = 0; i < names.length; i++) {
      byte[] value = answer instanceof AuthAnswer given ? given.field(i) : null;
      if (value == null) {
        exchange.removeUpstreamField(names[i]);
      } else {
        exchange.setUpstreamField(names[i], value);
      }
    }
    return Verdict.CONTINUE;
  }
}
