package dev.lintel.ingress.compile;

import dev.lintel.ingress.feature.Declarations;
import dev.lintel.ingress.feature.ForwardedSettings;
import dev.lintel.ingress.feature.GlobalReader;
import dev.lintel.ingress.feature.GlobalRules;
import dev.lintel.ingress.feature.LogSettings;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.TlsSettings;
import dev.lintel.ingress.feature.Unbuilt;
import dev.lintel.ingress.feature.UnbuiltKeys;
import dev.lintel.ingress.feature.UpstreamConnectionRules;
import dev.lintel.ingress.feature.UpstreamRules;
import dev.lintel.ingress.feature.blocklist.BlockList;
import dev.lintel.ingress.feature.http3.Http3;
import dev.lintel.ingress.plan.ClientPlan;
import dev.lintel.ingress.plan.ConnectionsPlan;
import dev.lintel.ingress.plan.GlobalPlan;
import dev.lintel.ingress.plan.HealthPlan;
import dev.lintel.ingress.plan.RoutePlan.FeaturePlan;
import dev.lintel.ingress.plan.TlsPlan;
import dev.lintel.ingress.plan.UpstreamPlan.GuardPlan;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.ConfigMapView;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.proxy.observe.LogFormat;
import dev.lintel.tls.TlsNames;
import dev.lintel.tls.TlsPolicy;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The controller's ConfigMap: its settings, the keys that cannot be honoured, and what that
/// closes.
final class ConfigMapReading {
  private final KubernetesSnapshot snapshot;
  private final GlobalReader globals;
  private final ProblemLog problems;
  private final boolean passesThrough;
  private @Nullable String closesAll;
  private final List<FeaturePlan> everywhere;

  ConfigMapReading(KubernetesSnapshot snapshot, CompileOptions options, ProblemLog problems) {
    this.snapshot = snapshot;
    this.problems = problems;
    this.passesThrough = options.l4().passesThrough();
    ConfigMapView configMap =
        options.configMap() == null ? null : snapshot.configMaps().get(options.configMap());
    globals = new GlobalReader(configMap, options.annotationsPrefix());
    if (configMap != null) {
      Source source = new Source("ConfigMap", configMap.key().toString());
      new TreeMap<>(configMap.data()).forEach((key, value) -> check(source, key, value));
    }
    if (closesAll == null) {
      closesAll = BlockList.closesAll(globals).orElse(null);
    }
    everywhere =
        BlockList.ofAll(globals)
            .map(settings -> List.of(new FeaturePlan(BlockList.ID, settings)))
            .orElse(List.of());
  }

  /// The values of the ConfigMap.
  GlobalReader globals() {
    return globals;
  }

  /// Whether the flag lets hosts have their TLS connections passed on unopened.
  boolean passesThrough() {
    return passesThrough;
  }

  /// What it says of the whole proxy.
  GlobalPlan plan() {
    int requests = globals.find(GlobalRules.KEEP_ALIVE_REQUESTS).orElse(0);
    ClientPlan client =
        new ClientPlan(
            globals.get(GlobalRules.CLIENT_HEADER_TIMEOUT),
            globals.get(GlobalRules.CLIENT_BODY_TIMEOUT),
            globals.get(GlobalRules.KEEP_ALIVE),
            requests > 0 ? requests : ClientPlan.USUAL.requests(),
            requests > 0 ? requests : ClientPlan.USUAL.http2Requests(),
            globals.get(GlobalRules.UNDERSCORES),
            globals.get(GlobalRules.IGNORE_INVALID),
            globals.get(GlobalRules.CONNECTIONS_PER_SOURCE),
            globals.get(GlobalRules.GENERATE_REQUEST_ID),
            Http3.isWanted(globals));
    TlsPlan tls =
        TlsSettings.plan(
            globals,
            snapshot,
            TlsPolicy.of(
                globals.get(GlobalRules.SSL_PROTOCOLS).known(),
                globals.get(GlobalRules.SSL_CIPHERS).known(),
                globals.get(GlobalRules.SSL_ECDH_CURVE).known()),
            globals.get(GlobalRules.SSL_REJECT_HANDSHAKE));
    return new GlobalPlan(
        globals.get(GlobalRules.LOG_FORMAT),
        client,
        tls,
        LogSettings.plan(globals),
        !globals.get(GlobalRules.DISABLE_IPV6_DNS),
        ForwardedSettings.plan(globals).orElse(null));
  }

  /// What stands first among the features of every route, of no Ingress's as well.
  List<FeaturePlan> everywhere() {
    return everywhere;
  }

  /// How connections to upstreams are kept.
  ConnectionsPlan connections() {
    return new ConnectionsPlan(
        globals.get(UpstreamConnectionRules.CONNECTIONS),
        globals.get(UpstreamConnectionRules.TIMEOUT),
        globals.get(UpstreamConnectionRules.REQUESTS),
        (int) globals.get(UpstreamConnectionRules.TIME).toSeconds());
  }

  /// What guards upstreams for which no Ingress says it.
  GuardPlan guard() {
    HealthPlan usual = HealthPlan.DEFAULTS;
    return new GuardPlan(
        0,
        0,
        0,
        0,
        0,
        new HealthPlan(
            globals.get(UpstreamRules.EJECTION_FAILURES),
            globals.get(UpstreamRules.EJECTION_SECONDS),
            globals.get(UpstreamRules.EJECTION_ON_SERVER_ERRORS),
            usual.checkPath(),
            usual.checkIntervalSeconds(),
            usual.checkTimeoutSeconds(),
            usual.checkSuccesses(),
            usual.checkFailures()));
  }

  /// Why every route is closed, or null.
  @Nullable String closesAll() {
    return closesAll;
  }

  private void check(Source source, String key, String value) {
    Optional<Setting<?>> setting = Declarations.key(key);
    if (setting.isPresent()) {
      Optional<?> read = globals.find(setting.get());
      if (setting.get().equals(GlobalRules.LOG_FORMAT)) {
        checkVariables(source, key);
      }
      if (read.orElse(null) instanceof TlsNames names) {
        skipped(source, key, names);
      }
      return;
    }
    Unbuilt unbuilt = UnbuiltKeys.ALL.get(key);
    if (unbuilt == null) {
      problems.add(
          new Problem.Unsupported(
              source,
              key,
              "no such key",
              Declarations.nearestKey(key),
              "ignored",
              Severity.WARNING));
    } else if (!value.isBlank() && !unbuilt.isHarmless(value)) {
      problems.add(UnbuiltProblems.of(source, key, unbuilt, "every route answers 503"));
      if (unbuilt.standing() == Unbuilt.Standing.GUARD) {
        close(key, unbuilt);
      }
    }
  }

  private void checkVariables(Source source, String key) {
    LogFormat format = LogFormat.compile(globals.get(GlobalRules.LOG_FORMAT));
    for (String variable : format.unknownVariables()) {
      problems.add(
          new Problem.InvalidValue(
              source,
              key,
              "no such variable as " + variable,
              "",
              "it is always empty",
              Severity.WARNING));
    }
  }

  private void skipped(Source source, String key, TlsNames names) {
    for (String name : names.unknown()) {
      problems.add(
          new Problem.InvalidValue(
              source, key, "no such name as " + name, "", "skipped", Severity.WARNING));
    }
  }

  private void close(String key, Unbuilt unbuilt) {
    if (closesAll == null) {
      closesAll = "ConfigMap key " + key + ": " + unbuilt.about();
    }
  }

  /// Problems of the values, and of the settings that routes read from the ConfigMap.
  void report() {
    problems.addAll(globals.problems());
  }
}
