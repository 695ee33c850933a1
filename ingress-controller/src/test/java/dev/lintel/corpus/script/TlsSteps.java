package dev.lintel.corpus.script;

import dev.lintel.corpus.client.RawHello;
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

  /// A session made with this server name, which shows that it can be resumed.
  ///
  /// @param certified whether the client has a certificate
  public record Obtain(String name, boolean certified) implements Step {}

  /// The authority of good clients is trusted from now on, or no longer.
  public record Trust(boolean trusted) implements Step {}

  /// The session, offered on another connection, and a request over that.
  ///
  /// @param certified whether the client gets a certificate for it; one that it had stays
  public record Offer(String name, boolean certified) implements Step {}

  /// The session, offered on another connection, with a request right behind the hello.
  public record EarlyData(String name, String method, String path, String host) implements Step {
    private static final String BODY = "early";

    /// As it is sent.
    public String request() {
      boolean bare = method.equals("GET") || method.equals("HEAD");
      String head = method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n";
      return head + (bare ? "\r\n" : "Content-Length: " + BODY.length() + "\r\n\r\n" + BODY);
    }
  }

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
    List<Step> sessions = SessionWords.parse(words);
    if (sessions != null) {
      return new TlsSteps(sessions);
    }
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
    found = CERTIFIED.matcher(clause);
    if (found.matches()) {
      return new Certified(unescaped(found.group(1)));
    }
    found = UPDATES.matcher(clause);
    if (found.matches()) {
      return new KeyUpdates((int) Numbers.of(found.group(1)));
    }
    throw new UnknownStep(clause);
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
