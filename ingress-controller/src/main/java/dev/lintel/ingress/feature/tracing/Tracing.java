package dev.lintel.ingress.feature.tracing;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.SideTarget;
import dev.lintel.proxy.filter.Rank;
import dev.lintel.proxy.observe.KeyExpression;
import dev.lintel.proxy.trace.Sampler;
import dev.lintel.proxy.trace.SpanName;
import dev.lintel.proxy.trace.TraceFilter;
import dev.lintel.proxy.trace.Tracer;
import dev.lintel.proxy.upstream.Upstream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Traces requests with OpenTelemetry: goes on with the trace they came with, or begins one, tells
/// their upstream, and sends a span of each that is sampled to a collector.
public final class Tracing implements Feature<TracingSettings> {
  /// Where collectors take OTLP over plain HTTP; on every other port gRPC is spoken.
  private static final int HTTP_PORT = 4318;

  private static final int GRPC_PORT = 4317;
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9](?:[-.A-Za-z0-9]*[A-Za-z0-9])?|\\[?[0-9a-fA-F:.]+]?");
  private static final Pattern NAME = Pattern.compile("[ -~]+");
  private static final int LONGEST_NAME = 256;
  private static final int MOST_SPANS = 65_536;
  private static final int LONGEST_DELAY = 3_600_000;

  /// Which traces are sampled. The names are OpenTelemetry's, as ingress-nginx takes them.
  enum Choice {
    ALWAYSON,
    ALWAYSOFF,
    TRACEIDRATIOBASED
  }

  private static final Setting<Boolean> ENABLE =
      Setting.bool("enable-opentelemetry")
          .alsoInConfigMap()
          .defaultsTo(false)
          .text("Traces requests; needs the ConfigMap's `otlp-collector-host`.");
  private static final Setting<Boolean> TRUST =
      Setting.bool("opentelemetry-trust-incoming-span")
          .alsoInConfigMap()
          .defaultsTo(true)
          .text(
              "Goes on with the trace that a request names by `traceparent` or by B3 fields; `false`"
                  + " begins one for each request and leaves those fields out.");
  private static final Setting<String> OPERATION =
      Setting.text("opentelemetry-operation-name", NAME, LONGEST_NAME, "text with variables")
          .alsoInConfigMap()
          .risk(Setting.Risk.MEDIUM)
          .text(
              "Name of the spans, in which variables may stand that are known before the upstream is"
                  + " asked; the method and the path of the Ingress where it is not set.");
  private static final Setting<String> COLLECTOR_HOST =
      Setting.text("otlp-collector-host", HOST, 253, "host name or address")
          .unlessEmpty()
          .text("Where spans go. Not this machine: a name of a Service is one of its endpoints.");
  private static final Setting<Integer> COLLECTOR_PORT =
      Setting.wholeNumber("otlp-collector-port", 1, 65_535)
          .unlessEmpty()
          .defaultsTo(GRPC_PORT)
          .text("Its port. On 4318 OTLP is spoken over HTTP/1.1, on any other over gRPC.");
  private static final Setting<String> SERVICE =
      Setting.text("otel-service-name", NAME, LONGEST_NAME, "text")
          .unlessEmpty()
          .defaultsTo("nginx")
          .text("What Lintel is called in traces (`service.name`).");
  private static final Setting<Choice> SAMPLER =
      Setting.of("otel-sampler", new SamplerGrammar())
          .unlessEmpty()
          .defaultsTo(Choice.ALWAYSON)
          .text("Which traces are sampled: all, none, or a share of `otel-sampler-ratio`.");
  private static final Setting<String> RATIO =
      Setting.of("otel-sampler-ratio", new RatioGrammar())
          .unlessEmpty()
          .defaultsTo("0.01")
          .text("The share of traces that `TraceIdRatioBased` samples.");
  private static final Setting<Boolean> PARENT_BASED =
      Setting.bool("otel-sampler-parent-based")
          .onlyInConfigMap()
          .defaultsTo(true)
          .text("What the sender of a request decided counts; the sampler decides about others.");
  private static final Setting<Integer> QUEUE =
      Setting.wholeNumber("otel-max-queuesize", 1, MOST_SPANS)
          .onlyInConfigMap()
          .defaultsTo(2048)
          .text("Spans that may wait for the collector, on each event loop; more are lost.");
  private static final Setting<Integer> DELAY =
      Setting.wholeNumber("otel-schedule-delay-millis", 1, LONGEST_DELAY)
          .onlyInConfigMap()
          .defaultsTo(5_000)
          .text("Milliseconds that a span waits for others to go with.");
  private static final Setting<Integer> BATCH =
      Setting.wholeNumber("otel-max-export-batch-size", 1, MOST_SPANS)
          .onlyInConfigMap()
          .defaultsTo(512)
          .text("Spans that go to the collector together at most.");

  @Override
  public String id() {
    return "tracing";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(
        ENABLE,
        TRUST,
        OPERATION,
        COLLECTOR_HOST,
        COLLECTOR_PORT,
        SERVICE,
        SAMPLER,
        RATIO,
        PARENT_BASED,
        QUEUE,
        DELAY,
        BATCH);
  }

  @Override
  public Optional<TracingSettings> read(AnnotationReader in) {
    if (!in.get(ENABLE)) {
      return Optional.empty();
    }
    Optional<String> host = in.find(COLLECTOR_HOST);
    if (host.isEmpty()) {
      Setting<?> named = in.isSet(ENABLE) ? ENABLE : COLLECTOR_HOST;
      in.problem(named, "there is no collector for spans", "an otlp-collector-host", "not traced");
      return Optional.empty();
    }
    int port = in.get(COLLECTOR_PORT);
    String plain = host.get().toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", "");
    return in.place(COLLECTOR_HOST, plain, port).map(place -> settings(in, plain, port, place));
  }

  private static TracingSettings settings(
      AnnotationReader in, String host, int port, SideTarget.Place place) {
    int queue = in.get(QUEUE);
    return new TracingSettings(
        new SideTarget(host, port, false, place, SideTarget.Pool.USUAL, port != HTTP_PORT),
        in.get(SERVICE),
        queue,
        in.get(DELAY),
        Math.min(queue, in.get(BATCH)),
        switch (in.get(SAMPLER)) {
          case ALWAYSON -> "1";
          case ALWAYSOFF -> "0";
          case TRACEIDRATIOBASED -> in.get(RATIO);
        },
        in.get(PARENT_BASED),
        in.get(TRUST),
        name(in));
  }

  private static String name(AnnotationReader in) {
    String name = in.find(OPERATION).orElse("");
    for (String unknown : KeyExpression.compile(name).unknownVariables()) {
      in.problem(OPERATION, "no such variable as " + unknown, "", "it is always empty");
    }
    return name;
  }

  @Override
  public void install(TracingSettings settings, RouteAssembly route) {
    SideTarget target = settings.collector();
    Upstream collector = route.side(target);
    Tracer.Export export =
        new Tracer.Export(
            target.hostField() + ":" + target.port(),
            target.isShared(),
            settings.service(),
            settings.queue(),
            settings.delayMillis(),
            settings.batch());
    Tracer tracer =
        route.live(
            "tracing by " + target, export, Tracer.class, () -> new Tracer(export, collector));
    String name = settings.name();
    route.request(
        Rank.TRACE,
        new TraceFilter(
            tracer,
            Sampler.of(Double.parseDouble(settings.ratio()), settings.isParentBased()),
            settings.trusts(),
            name.isEmpty() ? SpanName.USUAL : new SpanName(KeyExpression.compile(name))));
  }
}
