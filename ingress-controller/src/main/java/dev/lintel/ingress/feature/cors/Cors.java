package dev.lintel.ingress.feature.cors;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.proxy.exchange.CannedResponse;
import dev.lintel.proxy.filter.Rank;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.message.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Answers preflight requests and tells browsers which origins may read the answers. As in
/// ingress-nginx every `OPTIONS` of a listed origin is a preflight request.
public final class Cors implements Feature<CorsSettings> {
  private static final CorsSettings USUAL = CorsSettings.DEFAULTS;

  static final Setting<Boolean> ENABLE =
      Setting.bool("enable-cors")
          .defaultsTo(false)
          .text(
              "Answers `OPTIONS` of the origins listed (204), and says with every answer what they"
                  + " may do.");
  static final Setting<String> ORIGINS =
      Setting.text(
              "cors-allow-origin",
              Pattern.compile("[-+._A-Za-z0-9:/*\\[\\],\\s]+"),
              16_384,
              "comma list of scheme://host[:port], null or *")
          .guard()
          .risk(Setting.Risk.MEDIUM)
          .text(
              "The origins that may read answers; `*.` in front of a host stands for one label. `*`"
                  + " alone, and nothing, is any origin. An entry that is no origin is left out.");
  static final Setting<String> METHODS =
      Setting.of("cors-allow-methods", new NameList())
          .defaultsTo(USUAL.methods())
          .risk(Setting.Risk.MEDIUM)
          .text("The methods that other origins may use.");
  static final Setting<String> HEADERS =
      Setting.of("cors-allow-headers", new NameList())
          .defaultsTo(USUAL.headers())
          .risk(Setting.Risk.MEDIUM)
          .text("The request header fields that other origins may set.");
  static final Setting<String> EXPOSED =
      Setting.of("cors-expose-headers", new NameList())
          .risk(Setting.Risk.MEDIUM)
          .text("The response header fields that other origins may read beyond the usual ones.");
  static final Setting<Boolean> CREDENTIALS =
      Setting.bool("cors-allow-credentials")
          .defaultsTo(USUAL.credentials())
          .text(
              "Whether pages of other origins may have cookies sent. Browsers do not where any"
                  + " origin is allowed.");
  static final Setting<Integer> MAX_AGE =
      Setting.seconds("cors-max-age", -1, Integer.MAX_VALUE)
          .defaultsTo(USUAL.maxAge())
          .text("How long browsers remember the answer to `OPTIONS`; -1 is not at all.");

  @Override
  public String id() {
    return "cors";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(ENABLE, ORIGINS, METHODS, HEADERS, EXPOSED, CREDENTIALS, MAX_AGE);
  }

  @Override
  public Optional<CorsSettings> read(AnnotationReader in) {
    if (!in.get(ENABLE)) {
      return Optional.empty();
    }
    Optional<String> written = in.find(ORIGINS);
    if (written.isEmpty() && in.closed() != null) {
      return Optional.empty(); // what cannot be read lists nobody
    }
    List<String> origins = written.map(text -> origins(in, text)).orElse(List.of(Origins.ALL));
    return origins.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new CorsSettings(
                origins,
                in.get(METHODS),
                in.get(HEADERS),
                in.find(EXPOSED).orElse(""),
                in.get(CREDENTIALS),
                in.get(MAX_AGE)));
  }

  private static List<String> origins(AnnotationReader in, String text) {
    List<String> origins = new ArrayList<>();
    for (String part : text.split(",")) {
      String entry = part.strip().toLowerCase(Locale.ROOT);
      if (Origins.isEntry(entry)) {
        origins.add(entry);
      } else {
        in.problem(
            ORIGINS,
            "\"" + entry + "\" is no origin",
            "scheme://host[:port] without a path",
            "that entry allows nobody");
      }
    }
    return origins.contains(Origins.ALL) ? List.of(Origins.ALL) : List.copyOf(origins);
  }

  @Override
  public void install(CorsSettings settings, RouteAssembly route) {
    Origins origins = new Origins(settings.origins());
    CannedResponse answer =
        CannedResponse.of(
            204, "text/plain; charset=UTF-8".getBytes(StandardCharsets.US_ASCII), new byte[0]);
    route.request(
        Rank.CORS_PREFLIGHT,
        exchange -> {
          if (exchange.request().method() != Method.OPTIONS
              || origins.allowed(exchange.request()) == null) {
            return Verdict.CONTINUE;
          }
          exchange.respond(answer);
          return Verdict.RESPONDED;
        });
    route.response(new CorsFields(origins, settings));
  }
}
