package dev.lintel.corpus.script;

import dev.lintel.corpus.fixture.Route;
import dev.lintel.corpus.script.TlsSteps.EarlyData;
import dev.lintel.corpus.script.TlsSteps.Obtain;
import dev.lintel.corpus.script.TlsSteps.Offer;
import dev.lintel.corpus.script.TlsSteps.Step;
import dev.lintel.corpus.script.TlsSteps.Trust;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Words about sessions that are taken up again. Steps follow one another in any order, parted by a
/// comma, a semicolon, "then", or by nothing.
final class SessionWords {
  private static final String SESSION = "(?:session ticket|session|ticket)";
  private static final String QUALITY = "(?:sni='[^']*'|client cert(?:ificate)?)";
  private static final String QUALITIES =
      "(" + QUALITY + "(?:(?:,| and)? (?:with )?" + QUALITY + ")*)";
  private static final Pattern CERTIFICATE = Pattern.compile("client cert");
  private static final Pattern NAME = Pattern.compile("sni='([^']*)'");

  private static final Pattern BETWEEN = Pattern.compile("[\\s,;]*(?:(?:and|then)\\b\\s*)*");
  private static final Pattern OBTAIN =
      Pattern.compile(SESSION + " obtained(?: with " + QUALITIES + ")?");
  private static final Pattern TRUST =
      Pattern.compile("CA (removed from|put back into) (?:the )?trust bundle");
  private static final Pattern OFFER =
      Pattern.compile("(?:" + SESSION + " )?replayed(?: with " + QUALITIES + ")?");
  private static final Pattern EARLY =
      Pattern.compile(
          "(?:TLS 1\\.3 )?(?:early[_ ]data|0-RTT) with ([A-Z]+)(?: (/\\S*))?(?: Host: ([^\\s;,]+))?"
              + "(?:,? (?:and )?(?:with )?"
              + NAME.pattern()
              + ")?");

  private final String words;
  private final List<Step> steps = new ArrayList<>();
  private String name = "a.test";
  private int at;

  private SessionWords(String words) {
    this.words = words;
  }

  /// Reads a script that begins with such a step.
  ///
  /// @return null where it begins with another one
  /// @throws UnknownStep names what follows and is not understood
  static @Nullable List<Step> parse(String words) {
    SessionWords reader = new SessionWords(words);
    while (reader.at < words.length()) {
      if (!reader.takeOne()) {
        if (reader.steps.isEmpty()) {
          return null;
        }
        throw new UnknownStep(words.substring(reader.at));
      }
      reader.found(BETWEEN);
    }
    return reader.steps;
  }

  private boolean takeOne() {
    Matcher found = found(OBTAIN);
    if (found != null) {
      boolean certified = found.group(1) != null && CERTIFICATE.matcher(found.group(1)).find();
      name = name(found.group(1), certified ? Route.MUTUAL : name);
      steps.add(new Obtain(name, certified));
      return true;
    }
    found = found(TRUST);
    if (found != null) {
      steps.add(new Trust(found.group(1).startsWith("put")));
      return true;
    }
    found = found(OFFER);
    if (found != null) {
      boolean certified = found.group(1) != null && CERTIFICATE.matcher(found.group(1)).find();
      steps.add(new Offer(name(found.group(1), name), certified));
      return true;
    }
    found = found(EARLY);
    if (found != null) {
      String path = found.group(2) == null ? "/g" : found.group(2);
      String server = found.group(4) == null ? name : found.group(4);
      String host = found.group(3) == null ? server : found.group(3);
      steps.add(new EarlyData(server, found.group(1), path, host));
      return true;
    }
    return false;
  }

  private static String name(@Nullable String qualities, String otherwise) {
    Matcher named = NAME.matcher(qualities == null ? "" : qualities);
    return named.find() ? named.group(1) : otherwise;
  }

  /// What the rest begins with, which is then behind us; null where it does not begin so, or with
  /// more of a word.
  private @Nullable Matcher found(Pattern pattern) {
    Matcher matcher = pattern.matcher(words).region(at, words.length());
    if (!matcher.lookingAt()
        || (matcher.end() < words.length()
            && matcher.end() > at
            && Character.isLetterOrDigit(words.charAt(matcher.end()))
            && Character.isLetterOrDigit(words.charAt(matcher.end() - 1)))) {
      return null;
    }
    at = matcher.end();
    return matcher;
  }
}
