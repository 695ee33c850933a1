package dev.lintel.ingress.feature.compression;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.TextMatcher;
import dev.lintel.ingress.feature.TextPattern;
import dev.lintel.proxy.body.Coding;
import dev.lintel.proxy.body.CodingRule;
import dev.lintel.proxy.body.Compression;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Compresses responses. The ConfigMap switches each coding on; an Ingress may say that its own
/// stay as they are. A coding whose library the system does not have is left out, with a problem.
public final class CompressResponses implements Feature<CompressionSettings> {
  private static final int SHORTEST = 256;
  private static final List<String> TYPES =
      List.of(
          "application/atom+xml",
          "application/javascript",
          "application/x-javascript",
          "application/json",
          "application/rss+xml",
          "application/vnd.ms-fontobject",
          "application/x-font-ttf",
          "application/x-web-app-manifest+json",
          "application/xhtml+xml",
          "application/xml",
          "font/opentype",
          "image/svg+xml",
          "image/x-icon",
          "text/css",
          "text/javascript",
          "text/plain",
          "text/x-component");

  /// What ingress-nginx has for Brotli.
  private static final List<String> MORE_TYPES =
      Stream.concat(Stream.of("application/xml+rss"), TYPES.stream()).toList();

  private static final int SHORTEST_BROTLI = 20;
  private static final int BROTLI_LEVEL = 4;
  private static final int ZSTD_LEVEL = 3;
  private static final String NOT_USED = "ignored";

  static final Setting<Boolean> USE_GZIP =
      Setting.bool("use-gzip")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text(
              "Compresses responses of status 200, 403 and 404 with gzip for clients that ask for"
                  + " it.");
  static final Setting<Integer> LEVEL =
      Setting.wholeNumber("gzip-level", 1, 9)
          .onlyInConfigMap()
          .defaultsTo(1)
          .text("From fast to small. A level of 9 takes some eight times the CPU time of 1.");
  static final Setting<Integer> MIN_LENGTH =
      Setting.wholeNumber("gzip-min-length", 0, Integer.MAX_VALUE)
          .onlyInConfigMap()
          .defaultsTo(SHORTEST)
          .text("Bytes; a response whose `Content-Length` says less is not compressed.");
  static final Setting<List<String>> CONTENT_TYPES =
      Setting.of("gzip-types", new TypesGrammar())
          .onlyInConfigMap()
          .defaultsTo(TYPES)
          .text(
              "What is compressed beside `text/html`. `*` is everything but `text/event-stream`,"
                  + " which has to be named, and gRPC.");
  static final Setting<Boolean> ENABLE_BROTLI =
      Setting.bool("enable-brotli")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text(
              "As `use-gzip`, with Brotli, for clients that like it as much as other codings or"
                  + " more.");
  static final Setting<Integer> BROTLI =
      Setting.wholeNumber("brotli-level", 0, 11)
          .onlyInConfigMap()
          .defaultsTo(BROTLI_LEVEL)
          .text(
              "From fast to small. A level of 9 takes some three times the CPU time of 4. 10 and 11"
                  + " count as 9.");
  static final Setting<Integer> BROTLI_MIN_LENGTH =
      Setting.wholeNumber("brotli-min-length", 0, Integer.MAX_VALUE)
          .onlyInConfigMap()
          .defaultsTo(SHORTEST_BROTLI)
          .text("As `gzip-min-length`, for Brotli.");
  static final Setting<List<String>> BROTLI_TYPES =
      Setting.of("brotli-types", new TypesGrammar())
          .onlyInConfigMap()
          .defaultsTo(MORE_TYPES)
          .text("As `gzip-types`, for Brotli.");
  static final Setting<Boolean> ENABLE_ZSTD =
      Setting.bool("enable-zstd")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text(
              "As `use-gzip`, with Zstandard, for clients that like it as much as gzip or more, and"
                  + " better than Brotli where that is on.");
  static final Setting<Integer> ZSTD =
      Setting.wholeNumber("zstd-level", 1, 9)
          .onlyInConfigMap()
          .defaultsTo(ZSTD_LEVEL)
          .text("From fast to small. A level of 9 takes some three times the CPU time of 3.");
  static final Setting<Integer> ZSTD_MIN_LENGTH =
      Setting.wholeNumber("zstd-min-length", 0, Integer.MAX_VALUE)
          .onlyInConfigMap()
          .defaultsTo(SHORTEST)
          .text("As `gzip-min-length`, for Zstandard.");
  static final Setting<List<String>> ZSTD_TYPES =
      Setting.of("zstd-types", new TypesGrammar())
          .onlyInConfigMap()
          .defaultsTo(TYPES)
          .text("As `gzip-types`, for Zstandard.");
  static final Setting<String> DISABLE =
      Setting.of("gzip-disable", new AgentGrammar())
          .unlessEmpty()
          .text(
              "A regular expression: clients whose `User-Agent` holds it get nothing compressed with"
                  + " gzip.");
  static final Setting<Boolean> COMPRESSION =
      Setting.bool("compression")
          .lintel()
          .defaultsTo(true)
          .text(
              "`false` leaves the responses of this Ingress as they are where `use-gzip` or another"
                  + " coding is on: for pages that hold a secret beside what somebody else may"
                  + " choose.");

  /// The settings of one coding.
  private record Keys(
      Coding coding,
      Setting<Boolean> enabled,
      Setting<Integer> level,
      Setting<Integer> minLength,
      Setting<List<String>> types) {

    CodingSettings read(AnnotationReader in) {
      return new CodingSettings(coding, in.get(level), in.get(minLength), in.get(types));
    }
  }

  private static final List<Keys> KEYS =
      List.of(
          new Keys(Coding.BROTLI, ENABLE_BROTLI, BROTLI, BROTLI_MIN_LENGTH, BROTLI_TYPES),
          new Keys(Coding.ZSTD, ENABLE_ZSTD, ZSTD, ZSTD_MIN_LENGTH, ZSTD_TYPES),
          new Keys(Coding.GZIP, USE_GZIP, LEVEL, MIN_LENGTH, CONTENT_TYPES));

  @Override
  public String id() {
    return "compression";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(
        USE_GZIP,
        LEVEL,
        MIN_LENGTH,
        CONTENT_TYPES,
        DISABLE,
        ENABLE_BROTLI,
        BROTLI,
        BROTLI_MIN_LENGTH,
        BROTLI_TYPES,
        ENABLE_ZSTD,
        ZSTD,
        ZSTD_MIN_LENGTH,
        ZSTD_TYPES,
        COMPRESSION);
  }

  @Override
  public Optional<CompressionSettings> read(AnnotationReader in) {
    List<CodingSettings> codings = new ArrayList<>();
    for (Keys keys : KEYS) {
      if (in.get(keys.enabled()) && isAvailable(keys, in) && in.get(COMPRESSION)) {
        codings.add(keys.read(in));
      }
    }
    return codings.isEmpty()
        ? Optional.empty()
        : Optional.of(new CompressionSettings(List.copyOf(codings), in.find(DISABLE).orElse("")));
  }

  /// Looks for a library only where it is wanted.
  private static boolean isAvailable(Keys keys, AnnotationReader in) {
    if (keys.coding().isAvailable()) {
      return true;
    }
    in.globalProblem(
        keys.enabled(), "this system has no library for it", keys.coding().library(), NOT_USED);
    return false;
  }

  @Override
  public void install(CompressionSettings settings, RouteAssembly route) {
    route.compress(
        route.live(id(), settings, Compression.class, () -> CompressResponses.rule(settings)));
  }

  private static Compression rule(CompressionSettings settings) {
    List<CodingRule> rules = settings.codings().stream().map(CodingSettings::rule).toList();
    if (settings.disable().isEmpty()) {
      return new Compression(rules, null);
    }
    TextPattern agents = new TextPattern(TextPattern.Kind.REGEX_ANY_CASE, settings.disable());
    TextMatcher matcher = new TextMatcher(List.of(agents));
    return new Compression(rules, matcher::fits);
  }
}
