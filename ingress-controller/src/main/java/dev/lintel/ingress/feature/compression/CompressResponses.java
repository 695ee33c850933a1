package dev.lintel.ingress.feature.compression;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.TextMatcher;
import dev.lintel.ingress.feature.TextPattern;
import dev.lintel.proxy.body.Compression;
import dev.lintel.proxy.body.ContentTypes;
import java.util.List;
import java.util.Optional;

/// Compresses responses with gzip. The ConfigMap switches it on; an Ingress may say that its own
/// stay as they are.
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
  static final Setting<String> DISABLE =
      Setting.of("gzip-disable", new AgentGrammar())
          .unlessEmpty()
          .text(
              "A regular expression: clients whose `User-Agent` holds it get nothing compressed.");
  static final Setting<Boolean> COMPRESSION =
      Setting.bool("compression")
          .lintel()
          .defaultsTo(true)
          .text(
              "`false` leaves the responses of this Ingress as they are where `use-gzip` is on: for"
                  + " pages that hold a secret beside what somebody else may choose.");

  @Override
  public String id() {
    return "compression";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(USE_GZIP, LEVEL, MIN_LENGTH, CONTENT_TYPES, DISABLE, COMPRESSION);
  }

  @Override
  public Optional<CompressionSettings> read(AnnotationReader in) {
    if (!in.get(USE_GZIP) || !in.get(COMPRESSION)) {
      return Optional.empty();
    }
    return Optional.of(
        new CompressionSettings(
            in.get(LEVEL), in.get(MIN_LENGTH), in.get(CONTENT_TYPES), in.find(DISABLE).orElse("")));
  }

  @Override
  public void install(CompressionSettings settings, RouteAssembly route) {
    route.compress(
        route.live(id(), settings, Compression.class, () -> CompressResponses.rule(settings)));
  }

  private static Compression rule(CompressionSettings settings) {
    ContentTypes types = new ContentTypes(settings.types());
    if (settings.disable().isEmpty()) {
      return new Compression(settings.level(), settings.minLength(), types, null);
    }
    TextPattern agents = new TextPattern(TextPattern.Kind.REGEX_ANY_CASE, settings.disable());
    TextMatcher matcher = new TextMatcher(List.of(agents));
    return new Compression(settings.level(), settings.minLength(), types, matcher::fits);
  }
}
