package dev.lintel.ingress.feature.externalauth;

import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import java.util.Locale;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;

/// For how long an answer may be given to others who ask the same. As in nginx the answer's own
/// word is stronger than the configuration, and one that sets a cookie is for its client alone.
final class Freshness {
  private static final HeaderName CACHE_CONTROL = HeaderName.of("Cache-Control");
  private static final HeaderName EXPIRES = HeaderName.of("Expires");
  private static final HeaderName VARY = HeaderName.of("Vary");
  private static final long LONGEST = TimeUnit.DAYS.toSeconds(1);
  private static final long UNSAID = -1;

  private final SortedMap<Integer, Long> seconds;

  /// @param seconds by status; others are not kept
  Freshness(SortedMap<Integer, Long> seconds) {
    this.seconds = seconds;
  }

  /// Seconds; 0 where it may not be kept.
  long seconds(ResponseHead head) {
    Long usual = seconds.get(head.status());
    if (usual == null || head.has(HeaderNames.SET_COOKIE)) {
      return 0;
    }
    Slice name = new Slice();
    Slice value = new Slice();
    long said = UNSAID;
    boolean expires = false;
    head.rewind();
    while (head.nextField(name, value)) {
      if (is(name, VARY) && !value.toString().strip().equalsIgnoreCase("accept-encoding")) {
        return 0;
      }
      expires |= is(name, EXPIRES);
      if (is(name, CACHE_CONTROL)) {
        long one = maxAge(value.toString());
        if (one == 0) {
          return 0;
        }
        said = one == UNSAID ? said : one;
      }
    }
    // A moment of another machine's clock is not trusted to be in the future.
    return said != UNSAID ? Math.min(LONGEST, said) : expires ? 0 : usual;
  }

  private static boolean is(Slice name, HeaderName other) {
    return other.matches(name.bytes(), name.offset(), name.length());
  }

  /// What `Cache-Control` says: seconds, 0 for "not at all", or nothing.
  static long maxAge(String value) {
    long age = UNSAID;
    for (String part : value.toLowerCase(Locale.ROOT).split(",")) {
      String directive = part.strip();
      if (directive.startsWith("no-store")
          || directive.startsWith("no-cache")
          || directive.startsWith("private")) {
        return 0;
      }
      if (directive.startsWith("max-age=") || directive.startsWith("s-maxage=")) {
        String number = directive.substring(directive.indexOf('=') + 1).replace("\"", "");
        long said = number.matches("\\d{1,9}") ? Long.parseLong(number) : 0;
        age = age == UNSAID ? said : Math.min(age, said);
      }
    }
    return age;
  }
}
