package dev.lintel.ingress.feature.clientcert;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.Reference;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.Setting.Risk;
import dev.lintel.ingress.snapshot.SecretView;
import dev.lintel.ingress.snapshot.SecretView.Bytes;
import dev.lintel.proxy.filter.Rank;
import dev.lintel.tls.ClientTrust;
import dev.lintel.tls.ClientTrust.Mode;
import dev.lintel.tls.InvalidKeyMaterial;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Asks the clients of a host for a certificate. It is the host that asks, in the handshake, before
/// any path is known: the compiler reads the settings once for a host and puts them on each of its
/// routes. A Secret that is missing or has no certificates closes them all.
public final class ClientCertificate implements Feature<ClientCertificateSettings> {
  /// Names it in a plan.
  public static final String ID = "client-certificate";

  private static final String BUNDLE = "ca.crt";
  private static final String LISTS = "ca.crl";
  private static final String ACME = "/.well-known/acme-challenge";

  /// What may be written for `auth-tls-verify-client`.
  enum Verify {
    ON("on"),
    OFF("off"),
    OPTIONAL("optional"),
    OPTIONAL_NO_CA("optional_no_ca");

    private final String word;

    Verify(String word) {
      this.word = word;
    }

    @Override
    public String toString() {
      return word;
    }
  }

  /// The authorities; switches it on.
  public static final Setting<Reference> SECRET =
      Setting.reference("auth-tls-secret", "Secret")
          .guard()
          .risk(Risk.MEDIUM)
          .text(
              "The Secret with the authorities (`ca.crt`, and `ca.crl` for what they revoked) whose"
                  + " client certificates are taken, for the whole host. One that is missing or has"
                  + " no certificate closes all routes of the host. Requests without TLS are refused"
                  + " where a certificate is demanded, unless they are redirected to https.");

  static final Setting<Verify> VERIFY =
      Setting.oneOf("auth-tls-verify-client", Verify.class)
          .defaultsTo(Verify.ON)
          .risk(Risk.MEDIUM)
          .text(
              "`on` demands a certificate (400 without a good one); `optional` takes none or a good"
                  + " one; `optional_no_ca` takes none or any that is valid by itself, whoever issued"
                  + " it, and leaves the rest to the upstream; `off` asks for none.");
  static final Setting<Integer> DEPTH =
      Setting.wholeNumber("auth-tls-verify-depth", 0, 100)
          .defaultsTo(1)
          .text(
              "How many authorities may stand between a client and a self-signed one; 0 means 1.");
  static final Setting<String> ERROR_PAGE =
      Setting.text(
              "auth-tls-error-page",
              Pattern.compile("https?://[-._~A-Za-z0-9/:?&=%+]+"),
              2048,
              "http(s) URL")
          .risk(Risk.HIGH)
          .text("Where clients without a good certificate are sent (302), instead of a 400.");
  static final Setting<Boolean> PASS =
      Setting.bool("auth-tls-pass-certificate-to-upstream")
          .defaultsTo(false)
          .text(
              "Sends the client's certificate to the upstream in `ssl-client-cert`, as PEM text with"
                  + " percent escapes. `ssl-client-verify`, `ssl-client-subject-dn` and"
                  + " `ssl-client-issuer-dn` are sent in any case.");

  static final Setting<String> NAME =
      Setting.of("auth-tls-match-cn", new NameGrammar())
          .guard()
          .risk(Risk.HIGH)
          .text(
              "Answers 403 to clients whose certificate's subject, such as `CN=joe,O=shop`, does not"
                  + " hold this: `CN=` and a regular expression, with regard to case, anywhere in"
                  + " it (`CN=joe(,|$)` is Joe alone). It has to go with `auth-tls-secret`; with"
                  + " `optional_no_ca` the name is what the client says.");

  @Override
  public String id() {
    return ID;
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(SECRET, VERIFY, DEPTH, ERROR_PAGE, PASS, NAME);
  }

  /// Nothing: a single route does not ask for it.
  @Override
  public Optional<ClientCertificateSettings> read(AnnotationReader in) {
    return Optional.empty();
  }

  /// What an Ingress asks of the clients of its hosts; empty where it asks for nothing, and where
  /// it cannot be honoured: then `in` says why its hosts are closed.
  public static Optional<ClientCertificateSettings> ofHost(AnnotationReader in) {
    Verify verify = in.get(VERIFY);
    String name = name(in);
    if (verify == Verify.OFF) {
      return Optional.empty();
    }
    return in.secret(SECRET)
        .flatMap(secret -> clients(in, secret, mode(verify), Math.max(1, in.get(DEPTH))))
        .map(
            clients ->
                new ClientCertificateSettings(
                    clients, in.find(ERROR_PAGE).orElse(""), in.get(PASS), name));
  }

  /// What the subjects of the clients of an Ingress have to hold; empty where anything will do.
  public static String name(AnnotationReader in) {
    return in.find(NAME).orElse("");
  }

  /// Closes the routes of an Ingress that wants a name on a host where nobody shows one.
  public static void denyName(AnnotationReader in) {
    in.deny(NAME, "the host asks for no client certificate", "auth-tls-secret with it");
  }

  private static Mode mode(Verify verify) {
    return switch (verify) {
      case ON, OFF -> Mode.ON;
      case OPTIONAL -> Mode.OPTIONAL;
      case OPTIONAL_NO_CA -> Mode.OPTIONAL_NO_CA;
    };
  }

  private static Optional<ClientTrust> clients(
      AnnotationReader in, SecretView secret, Mode mode, int depth) {
    Bytes bundle = secret.data().get(BUNDLE);
    if (bundle == null) {
      in.deny(
          SECRET,
          "Secret " + secret.key() + " has no key \"" + BUNDLE + "\"",
          "certificates of authorities under it");
      return Optional.empty();
    }
    Bytes lists = secret.data().get(LISTS);
    try {
      return Optional.of(
          ClientTrust.parse(bundle.value(), lists == null ? null : lists.value(), mode, depth));
    } catch (InvalidKeyMaterial e) {
      in.deny(SECRET, "Secret " + secret.key() + ": " + e.getMessage(), "");
      return Optional.empty();
    }
  }

  @Override
  public void install(ClientCertificateSettings settings, RouteAssembly route) {
    route.clients(settings.clients());
    route.request(Rank.CLIENT_CERTIFICATE, new ClientCheck(settings));
    boolean demands = settings.clients().mode() == Mode.ON || !settings.name().isEmpty();
    if (demands && !route.path().startsWith(ACME)) {
      route.request(Rank.PLAIN_CLIENT, ClientCheck.TLS_ONLY);
    }
    route.request(Rank.UPSTREAM_HEADERS, new ClientFields(settings.passCertificate()));
  }
}
