package dev.lintel.ingress.feature.basicauth;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.AuthSettings;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.Reference;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.snapshot.SecretView;
import dev.lintel.ingress.snapshot.SecretView.Bytes;
import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.filter.Rank;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.HeaderNames;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Asks for a user name and a password. A Secret that is missing or holds nothing usable closes the
/// route; a single line that cannot be read shuts out that user alone.
public final class BasicAuth implements Feature<BasicAuthSettings> {
  private static final String FILE_KEY = "auth";

  /// The schemes users may ask for.
  enum Scheme {
    BASIC,
    DIGEST;

    @Override
    public String toString() {
      return this == BASIC ? "basic" : "digest";
    }
  }

  /// How the Secret holds its users.
  enum Form {
    FILE("auth-file"),
    MAP("auth-map");

    private final String word;

    Form(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  static final Setting<Scheme> TYPE =
      Setting.oneOf("auth-type", Scheme.class)
          .guard()
          .text("`basic` asks for a user name and a password; `digest` is not built and closes.");
  static final Setting<Reference> SECRET =
      Setting.reference("auth-secret", "Secret")
          .guard()
          .risk(Setting.Risk.MEDIUM)
          .text("The Secret that holds the users, in the namespace of the Ingress.");
  static final Setting<Form> SECRET_TYPE =
      Setting.oneOf("auth-secret-type", Form.class)
          .defaultsTo(Form.FILE)
          .guard()
          .text(
              "`auth-file`: one htpasswd document under the key `auth`; `auth-map`: each key is a"
                  + " user, each value its hash.");
  static final Setting<String> REALM =
      Setting.text(
              "auth-realm",
              Pattern.compile("[-._~A-Za-z0-9/: ]*"),
              256,
              "text of letters, digits, spaces and - . _ ~ / :")
          .defaultsTo("")
          .risk(Setting.Risk.MEDIUM)
          .text("What browsers show when they ask for the password.");

  @Override
  public String id() {
    return "basic-auth";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(TYPE, SECRET, SECRET_TYPE, REALM, AuthSettings.NO_AUTH_LOCATIONS);
  }

  @Override
  public Optional<BasicAuthSettings> read(AnnotationReader in) {
    Optional<Scheme> type = in.find(TYPE);
    if (type.isEmpty() && in.isSet(SECRET)) {
      in.deny(TYPE, "not set, though auth-secret is", "basic");
      return Optional.empty();
    }
    if (type.isEmpty() || AuthSettings.exempts(in)) {
      return Optional.empty();
    }
    if (type.get() == Scheme.DIGEST) {
      in.deny(TYPE, "digest authentication is not built", "basic");
      return Optional.empty();
    }
    if (in.find(SECRET).isEmpty()) {
      in.deny(SECRET, "not set", "the Secret with the users, for auth-type: basic");
      return Optional.empty();
    }
    return in.secret(SECRET)
        .flatMap(secret -> credentials(in, secret))
        .map(users -> new BasicAuthSettings(in.get(REALM), users));
  }

  private static Optional<Credentials> credentials(AnnotationReader in, SecretView secret) {
    SortedMap<String, String> users = new TreeMap<>();
    if (in.get(SECRET_TYPE) == Form.MAP) {
      for (Map.Entry<String, Bytes> entry : secret.data().entrySet()) {
        add(in, users, entry.getKey(), text(entry.getValue()).strip());
      }
    } else {
      Bytes file = secret.data().get(FILE_KEY);
      if (file == null) {
        in.deny(
            SECRET,
            "Secret " + secret.key() + " has no key \"" + FILE_KEY + "\"",
            "an htpasswd document under it");
        return Optional.empty();
      }
      for (String line : text(file).split("\n", -1)) {
        addLine(in, users, line.strip());
      }
    }
    if (users.isEmpty()) {
      in.deny(SECRET, "Secret " + secret.key() + " holds no user", "at least one user:hash");
      return Optional.empty();
    }
    return Optional.of(new Credentials(users));
  }

  private static void addLine(AnnotationReader in, SortedMap<String, String> users, String line) {
    if (line.isEmpty() || line.startsWith("#")) {
      return;
    }
    int colon = line.indexOf(':');
    if (colon <= 0) {
      in.problem(SECRET, "a line has no user:hash", "user:hash", "that line lets nobody in");
      return;
    }
    String rest = line.substring(colon + 1);
    int comment = rest.indexOf(':');
    add(in, users, line.substring(0, colon), comment < 0 ? rest : rest.substring(0, comment));
  }

  private static void add(
      AnnotationReader in, SortedMap<String, String> users, String user, String hash) {
    if (PasswordHash.read(hash) == null) {
      in.problem(
          SECRET,
          "the hash of user \"" + user + "\" has no known form",
          "bcrypt, apr1, {SHA}, {SSHA}, {PLAIN} or crypt",
          "that user cannot enter");
      return;
    }
    users.putIfAbsent(user, hash);
  }

  private static String text(Bytes bytes) {
    return new String(bytes.value(), StandardCharsets.UTF_8);
  }

  @Override
  public void install(BasicAuthSettings settings, RouteAssembly route) {
    PasswordChecks checks =
        route.live(
            "basic-auth " + route.ingress(),
            settings.credentials(),
            PasswordChecks.class,
            () -> new PasswordChecks(settings.credentials()));
    byte[] challenge = ascii("Basic realm=\"" + settings.realm() + "\"");
    CannedResponse unauthorized =
        CannedResponse.page(401, "Authorization Required", ascii("WWW-Authenticate"), challenge);
    route.request(Rank.BASIC_AUTH, new BasicAuthFilter(checks, unauthorized));
    route.request(Rank.UPSTREAM_HEADERS, BasicAuth::withhold);
  }

  /// The upstream never sees the password, also where another guard had let the request in.
  private static Verdict withhold(Exchange exchange) {
    exchange.removeUpstreamField(HeaderNames.AUTHORIZATION);
    return Verdict.CONTINUE;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
