package dev.lintel.corpus.script;

import dev.lintel.corpus.client.RawHello;
import dev.lintel.corpus.fixture.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The steps of a TLS client, as a case says them in words, parted by semicolons.
public final class TlsSteps {
  /// One thing that a TLS client of a script does.
  public sealed interface Step {}

  /// Hellos, each on a connection of its own.
  public record Hellos(List<byte[]> bytes) implements Step {}

  /// A connection with this server name, over which requests follow.
  public record Connection(String name, boolean http2) implements Step {}

  /// A connection with a client certificate of this alternative name, to the host that wants one,
  /// and a request over it.
  public record Certified(String alternative) implements Step {}

  /// A session of one connection, offered on another.
  ///
  /// @param from the server name it was made with
  /// @param certified whether the client has a certificate
  /// @param distrusted whether the authority of that is no longer trusted by the time of the offer
  /// @param to the server name it is offered with
  public record Replay(String from, boolean certified, boolean distrusted, String to)
      implements Step {}

  /// So many updates of the keys, one after the other.
  public record KeyUpdates(int count) implements Step {}

  /// A request over the connection.
  public record Request(String method, String path, String host) implements Step {}

  private static final String NAME = "sni='([^']*)'";
  private static final Pattern HELLO = Pattern.compile("ClientHello " + NAME);
  private static final Pattern ANNOUNCED =
      Pattern.compile(
          "ClientHello length ("
              + Numbers.SIZE
              + ") announced, ("
              + Numbers.NUMBER
              + ") bytes? sent");
  private static final Pattern VERSIONS =
      Pattern.compile("TLS (1\\.[0-2])(?: ?[/,] ?(1\\.[0-2]))* ClientHello");
  private static final Pattern VERSION = Pattern.compile("1\\.([0-2])");
  private static final Pattern OFFERED =
      Pattern.compile("ALPN offers only ('[^']*'(?:, ?'[^']*')*)");
  private static final Pattern QUOTED = Pattern.compile("'([^']*)'");
  private static final Pattern CONNECTION =
      Pattern.compile(
          "(?:(h2|h1) connection|ClientHello) " + NAME + "(?:, certificate covers .*)?");
  private static final Pattern CERTIFIED =
      Pattern.compile("client cert(?:ificate)? with SAN '([^']*)'");
  private static final Pattern REPLAY =
      Pattern.compile(
          "(?:session )?ticket obtained with (?:"
              + NAME
              + "|client cert(?:ificate)?)(, CA removed from trust bundle)?,?"
              + "(?: ticket)? replayed(?: with "
              + NAME
              + ")?");
  private static final Pattern UPDATES =
      Pattern.compile("TLS 1\\.3 KeyUpdate flood (" + Numbers.NUMBER + ")");
  private static final Pattern GET = Pattern.compile("(GET|HEAD|POST) (/\\S*) Host: (\\S+)");
  private static final Pattern STREAM = Pattern.compile("stream(?: \\d+)? :authority=(\\S+)");
  private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-fA-F]{4})");

  private final List<Step> steps;

  private TlsSteps(List<Step> steps) {
    this.steps = steps;
  }

  /// Reads them.
  ///
  /// @throws UnknownStep names the step that is not understood
  public static TlsSteps parse(String words) {
    String[] clauses = words.split("\\s*;\\s*");
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < clauses.length; i++) {
      steps.add(i == 0 ? first(clauses[0], clauses.length > 1) : request(clauses[i]));
    }
    return new TlsSteps(steps);
  }

  private static Step first(String clause, boolean isUsed) {
    Matcher found = CONNECTION.matcher(clause);
    if (isUsed && found.matches()) {
      return new Connection(unescaped(found.group(2)), "h2".equals(found.group(1)));
    }
    found = HELLO.matcher(clause);
    if (found.matches()) {
      return hello(RawHello.TLS_12, unescaped(found.group(1)), List.of());
    }
    found = ANNOUNCED.matcher(clause);
    if (found.matches()) {
      int announced = (int) Math.min(0xff_ffff, Numbers.of(found.group(1)));
      return new Hellos(List.of(RawHello.announcing(announced, (int) Numbers.of(found.group(2)))));
    }
    if (VERSIONS.matcher(clause).matches()) {
      List<byte[]> hellos = new ArrayList<>();
      Matcher version = VERSION.matcher(clause);
      while (version.find()) {
        int number = 0x0301 + Integer.parseInt(version.group(1));
        hellos.add(RawHello.of(number, "a.test", List.of()));
      }
      return new Hellos(hellos);
    }
    found = OFFERED.matcher(clause);
    if (found.matches()) {
      List<String> protocols =
          QUOTED.matcher(found.group(1)).results().map(r -> r.group(1)).toList();
      return hello(RawHello.TLS_12, "a.test", protocols);
    }
    Step step = withSessions(clause);
    if (step == null) {
      throw new UnknownStep(clause);
    }
    return step;
  }

  private static @Nullable Step withSessions(String clause) {
    Matcher found = CERTIFIED.matcher(clause);
    if (found.matches()) {
      return new Certified(unescaped(found.group(1)));
    }
    found = REPLAY.matcher(clause);
    if (found.matches()) {
      boolean certified = found.group(1) == null;
      String from = certified ? Route.MUTUAL : found.group(1);
      String to = found.group(3) == null ? from : found.group(3);
      return new Replay(from, certified, found.group(2) != null, to);
    }
    found = UPDATES.matcher(clause);
    return found.matches() ? new KeyUpdates((int) Numbers.of(found.group(1))) : null;
  }

  private static Hellos hello(int version, @Nullable String name, List<String> protocols) {
    return new Hellos(List.of(RawHello.of(version, name, protocols)));
  }

  private static Step request(String clause) {
    Matcher found = GET.matcher(clause);
    if (found.matches()) {
      return new Request(found.group(1), found.group(2), found.group(3));
    }
    found = STREAM.matcher(clause);
    if (found.matches()) {
      return new Request("GET", "/g", found.group(1));
    }
    throw new UnknownStep(clause);
  }

  private static String unescaped(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(found.group(1), 16))));
  }

  /// In their order.
  public List<Step> steps() {
    return steps;
  }
}
