package dev.lintel.ingress.compile;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Declarations;
import dev.lintel.ingress.feature.GlobalRules;
import dev.lintel.ingress.feature.HostRules;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.Setting.Risk;
import dev.lintel.ingress.feature.Unbuilt;
import dev.lintel.ingress.feature.UnbuiltAnnotations;
import dev.lintel.ingress.feature.UpstreamRules;
import dev.lintel.ingress.plan.HealthPlan;
import dev.lintel.ingress.plan.UpstreamPlan.GuardPlan;
import dev.lintel.ingress.plan.UpstreamProtocol;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One Ingress with what its annotations say.
final class IngressReading {
  private static final String CLOSED = "its routes answer 503";
  private static final List<String> FOREIGN =
      List.of(
          "ingress.kubernetes.io/",
          "nginx.kubernetes.io/",
          "nginx.org/",
          "nginx.com/",
          Setting.Prefix.NGINX.text());

  private final IngressView view;
  private final AnnotationReader reader;
  private final String prefix;
  private final Risk riskLevel;
  private final ProblemLog problems = new ProblemLog();
  private final String name;
  private final boolean passesThrough;
  private @Nullable String closed;

  IngressReading(
      IngressView view, KubernetesSnapshot snapshot, ConfigMapReading configMap, String prefix) {
    this.view = view;
    this.prefix = prefix;
    this.name = view.key().toString();
    reader =
        new AnnotationReader(
            view,
            snapshot,
            configMap.globals(),
            configMap.globals().get(GlobalRules.ALLOW_CROSS_NAMESPACE));
    riskLevel = configMap.globals().get(GlobalRules.RISK_LEVEL);
    close(configMap.closesAll());
    if (!view.annotations().isEmpty()) {
      // Sorted, so that the first reason for closing does not depend on the order of arrival.
      new TreeMap<>(view.annotations()).forEach(this::check);
    }
    close(reader.closed());
    boolean wantsPassthrough = reader.get(HostRules.SSL_PASSTHROUGH);
    passesThrough = wantsPassthrough && configMap.passesThrough();
    if (wantsPassthrough && !passesThrough) {
      closePassthrough();
    }
    // Every annotation has been read by now: what reading for a host finds from here on is the
    // host's.
    reader.drain(problems::add, _ -> {});
  }

  IngressView view() {
    return view;
  }

  /// Its `namespace/name`.
  String name() {
    return name;
  }

  /// What is wrong with it whatever its hosts.
  ProblemLog problems() {
    return problems;
  }

  AnnotationReader reader() {
    return reader;
  }

  Source source() {
    return new Source("Ingress", name);
  }

  /// Why all of its routes are closed, or null.
  @Nullable String closed() {
    return closed;
  }

  /// Whether it is an alternative of another Ingress and no route of its own. A value that cannot
  /// be read counts: routing it as an ordinary one would be worse.
  boolean isCanary() {
    return reader.get(HostRules.CANARY)
        || view.annotations().containsKey(prefix + HostRules.CANARY.name())
            && !reader.isSet(HostRules.CANARY);
  }

  /// Whether it has TLS connections passed on unopened, and may.
  boolean passesThrough() {
    return passesThrough;
  }

  /// Whether its route at `path` makes the paths of the host regular expressions.
  boolean wantsRegex(String path) {
    Optional<String> target = reader.find(HostRules.REWRITE_TARGET);
    return reader.get(HostRules.USE_REGEX) || target.isPresent() && !target.get().equals(path);
  }

  /// Whether its upstreams are spoken to by FastCGI.
  boolean speaksFastCgi() {
    return reader.get(HostRules.BACKEND_PROTOCOL) == HostRules.Protocol.FCGI;
  }

  /// The protocol that it asks for; null where its Services say.
  @Nullable UpstreamProtocol upstreamProtocol() {
    return switch (reader.get(HostRules.BACKEND_PROTOCOL)) {
      case GRPC, GRPCS -> UpstreamProtocol.GRPC;
      case FCGI -> UpstreamProtocol.FASTCGI;
      case HTTP, HTTPS, AUTO_HTTP ->
          switch (reader.get(HostRules.UPSTREAM_HTTP_VERSION)) {
            case ONE -> UpstreamProtocol.HTTP_1;
            case TWO -> UpstreamProtocol.HTTP_2;
            case AS_SERVICE_SAYS ->
                reader.isSet(HostRules.BACKEND_PROTOCOL) ? UpstreamProtocol.HTTP_1 : null;
          };
    };
  }

  /// Which requests go to its upstreams over TLS.
  enum Security {
    NONE,
    ALL,
    AS_CLIENTS
  }

  /// Which of the requests on its routes go over TLS.
  Security security() {
    return switch (reader.get(HostRules.BACKEND_PROTOCOL)) {
      case HTTP, GRPC, FCGI -> Security.NONE;
      case HTTPS, GRPCS -> Security.ALL;
      case AUTO_HTTP -> Security.AS_CLIENTS;
    };
  }

  /// Whether its upstreams get HTTP/1.0 where they would get HTTP/1.1.
  boolean speaksOldHttp() {
    return reader.get(HostRules.PROXY_HTTP_VERSION) == HostRules.ProxyHttpVersion.OLD;
  }

  /// The guards it asks for; null where it asks for none.
  @Nullable GuardPlan upstreamGuard() {
    if (UpstreamRules.ALL.stream().noneMatch(reader::isSet)) {
      return null;
    }
    int percent = reader.get(UpstreamRules.BREAKER_FAILURE_PERCENT);
    int most = reader.get(UpstreamRules.MAX_CONCURRENT);
    return percent == 0
        ? new GuardPlan(0, 0, 0, 0, most, health())
        : new GuardPlan(
            percent,
            reader.get(UpstreamRules.BREAKER_WINDOW),
            reader.get(UpstreamRules.BREAKER_OPEN_SECONDS),
            reader.get(UpstreamRules.BREAKER_TRIAL_CALLS),
            most,
            health());
  }

  private HealthPlan health() {
    return new HealthPlan(
        reader.get(UpstreamRules.EJECTION_FAILURES),
        reader.get(UpstreamRules.EJECTION_SECONDS),
        reader.get(UpstreamRules.EJECTION_ON_SERVER_ERRORS),
        reader.find(UpstreamRules.HEALTH_CHECK_PATH).filter(_ -> mayBeChecked()).orElse(""),
        reader.get(UpstreamRules.HEALTH_CHECK_INTERVAL),
        reader.get(UpstreamRules.HEALTH_CHECK_TIMEOUT),
        reader.get(UpstreamRules.HEALTH_CHECK_SUCCESSES),
        reader.get(UpstreamRules.HEALTH_CHECK_FAILURES));
  }

  /// A gRPC server takes a GET for a fault: each of its endpoints would be found unwell.
  private boolean mayBeChecked() {
    if (upstreamProtocol() != UpstreamProtocol.GRPC) {
      return true;
    }
    reader.problem(
        UpstreamRules.HEALTH_CHECK_PATH,
        "upstreams of gRPC have no path to ask for",
        "",
        "their endpoints are not asked");
    return false;
  }

  private void closePassthrough() {
    String found = "asks for what --enable-ssl-passthrough does not allow";
    problems.add(
        new Problem.Denied(
            source(), HostRules.SSL_PASSTHROUGH.label(), found, "", CLOSED, Severity.ERROR));
    close(HostRules.SSL_PASSTHROUGH.label() + ": " + found);
  }

  private void close(@Nullable String reason) {
    if (closed == null) {
      closed = reason;
    }
  }

  private void check(String name, String value) {
    if (name.startsWith(prefix)) {
      checkOwn(name.substring(prefix.length()), value);
    } else if (name.startsWith(Setting.Prefix.LINTEL.text())) {
      checkOwn(name, value);
    } else {
      for (String foreign : FOREIGN) {
        if (name.startsWith(foreign)) {
          reportForeign(name, name.substring(foreign.length()));
          return;
        }
      }
    }
  }

  private void checkOwn(String label, String value) {
    Optional<Setting<?>> setting = Declarations.annotation(label);
    Unbuilt unbuilt = UnbuiltAnnotations.ALL.get(label);
    if (setting.isPresent()) {
      refuseRisk(label, setting.get().risk());
      // Read now, so that a value that cannot be read is known whichever feature is on.
      reader.isSet(setting.get());
    } else if (unbuilt == null) {
      problems.add(
          new Problem.Unsupported(
              source(),
              label,
              "no such annotation",
              Declarations.nearestAnnotation(label),
              "ignored",
              Severity.WARNING));
    } else if (!unbuilt.isHarmless(value)) {
      problems.add(UnbuiltProblems.of(source(), label, unbuilt, CLOSED));
      if (unbuilt.standing() == Unbuilt.Standing.GUARD) {
        close(label + ": " + unbuilt.about());
      } else {
        refuseRisk(label, unbuilt.risk());
      }
    }
  }

  private void refuseRisk(String label, Risk risk) {
    if (risk.compareTo(riskLevel) > 0) {
      String found = "has the risk " + risk;
      problems.add(
          new Problem.Denied(
              source(),
              label,
              found,
              "at most " + riskLevel + ", the annotations-risk-level",
              CLOSED,
              Severity.ERROR));
      close(label + ": " + found);
    }
  }

  private void reportForeign(String name, String rest) {
    Unbuilt unbuilt = UnbuiltAnnotations.ALL.get(rest);
    Optional<Setting<?>> setting = Declarations.annotation(rest);
    boolean guards =
        setting.map(Setting::isGuard).orElse(false)
            || unbuilt != null && unbuilt.standing() == Unbuilt.Standing.GUARD
            || rest.startsWith("auth-");
    boolean isKnown = unbuilt != null || setting.isPresent();
    problems.add(
        new Problem.Unsupported(
            source(),
            name,
            "has a prefix that is not read",
            isKnown ? prefix + rest : "",
            guards ? "ignored, so nothing guards these routes by it" : "ignored",
            Severity.WARNING));
  }
}
