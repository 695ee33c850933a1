package dev.lintel.ingress.compile;

import dev.lintel.ingress.compile.HostDraft.Counterpart;
import dev.lintel.ingress.compile.HostDraft.Wish;
import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.HostRules;
import dev.lintel.ingress.feature.HostRules.DefaultBackend;
import dev.lintel.ingress.feature.LogSettings;
import dev.lintel.ingress.feature.RedirectSettings;
import dev.lintel.ingress.feature.RouteContext;
import dev.lintel.ingress.feature.accesslog.AccessLogSettings;
import dev.lintel.ingress.feature.accesslog.AccessLogSwitch;
import dev.lintel.ingress.feature.errorpage.ErrorPage;
import dev.lintel.ingress.feature.wwwredirect.WwwRedirect;
import dev.lintel.ingress.feature.wwwredirect.WwwRedirectSettings;
import dev.lintel.ingress.plan.RoutePlan;
import dev.lintel.ingress.plan.RoutePlan.FeaturePlan;
import dev.lintel.ingress.plan.RoutePlan.Labels;
import dev.lintel.ingress.plan.RoutePlan.Match;
import dev.lintel.ingress.plan.RoutePlan.NotFound;
import dev.lintel.ingress.plan.RoutePlan.Origin;
import dev.lintel.ingress.plan.RoutePlan.Target;
import dev.lintel.ingress.plan.RoutePlan.ToUpstream;
import dev.lintel.ingress.plan.UpstreamKey;
import dev.lintel.ingress.snapshot.IngressView.BackendView;
import dev.lintel.ingress.snapshot.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes one route: where it goes, what acts on it, and whether it is closed.
final class RouteAssembler {
  /// What ingress-nginx calls the upstream of whatever nothing serves, in logs.
  private static final String NOBODY = "upstream-default-backend";

  private final List<Feature<?>> features;
  private final CertificateChoice certificates;
  private final UpstreamAssembly upstreams;
  private final Optional<UpstreamKey> defaultBackend;
  private final ConfigMapReading configMap;
  private final Map<ObjectKey, RuntimeException> failed = new TreeMap<>();

  RouteAssembler(
      List<Feature<?>> features,
      CertificateChoice certificates,
      UpstreamAssembly upstreams,
      Optional<UpstreamKey> defaultBackend,
      ConfigMapReading configMap) {
    this.features = features;
    this.certificates = certificates;
    this.upstreams = upstreams;
    this.defaultBackend = defaultBackend;
    this.configMap = configMap;
  }

  /// Ingresses that a fault of Lintel kept from being compiled, and that fault.
  Map<ObjectKey, RuntimeException> failed() {
    return failed;
  }

  /// The route that a wish asks for.
  RoutePlan to(HostDraft draft, boolean isRegex, Match match, Wish wish) {
    return toUpstream(
        draft,
        context(draft, wish.ingress(), wish.path(), isRegex, wish.isCatchAll()),
        match,
        wish.ingress(),
        wish.field(),
        wish.backend());
  }

  /// The host's own answer for paths that nobody wants.
  RoutePlan kept(HostDraft draft, boolean isRegex) {
    String host = draft.host();
    Match match = isRegex ? Match.REGEX : Match.PREFIX;
    IngressReading keeper = host.isEmpty() ? null : draft.keeper();
    if (keeper == null) {
      return new RoutePlan(
          match,
          "/",
          nobody(),
          new Origin("", ""),
          labels(host, "/", null, null),
          withoutIngress(draft),
          closedWithoutIngress(draft));
    }
    RouteContext context = context(draft, keeper, "/", isRegex, false);
    BackendView fallback = keeper.view().defaultBackend();
    if (fallback != null && fallback.resource() == null) {
      return toUpstream(draft, context, match, keeper, "defaultBackend", fallback);
    }
    List<FeaturePlan> plans = features(draft, keeper, context);
    return new RoutePlan(
        match,
        "/",
        nobody(),
        new Origin(keeper.name(), ""),
        labels(host, "/", keeper, null),
        plans,
        closed(draft, keeper, null),
        defaultBackend(context, keeper, plans));
  }

  /// The only route of a host that leads to its counterpart.
  RoutePlan leading(String host, Counterpart counterpart) {
    IngressReading ingress = counterpart.ingress();
    WwwRedirectSettings redirect =
        new WwwRedirectSettings(
            counterpart.host(),
            ingress.reader().get(RedirectSettings.CODE).status(),
            ingress.reader().get(RedirectSettings.USE_PORT));
    List<FeaturePlan> plans = new ArrayList<>(configMap.everywhere());
    plans.add(new FeaturePlan(WwwRedirect.ID, redirect));
    return new RoutePlan(
        Match.PREFIX,
        "/",
        new NotFound(),
        new Origin(ingress.name(), HostRules.FROM_TO_WWW.name()),
        labels(host, "/", ingress, null),
        List.copyOf(plans),
        ingress.closed());
  }

  private RouteContext context(
      HostDraft draft, IngressReading ingress, String path, boolean isRegex, boolean isCatchAll) {
    boolean mayServeRoot = isRegex || path.equals("/");
    return new RouteContext(
        draft.host(),
        path,
        isRegex,
        certificates.has(draft.host()),
        isCatchAll,
        mayServeRoot ? draft.appRoot() : "",
        upstreams.ofIngress(ingress).isPresent()
            ? DefaultBackend.OF_INGRESS
            : defaultBackend.isPresent() ? DefaultBackend.OF_CONTROLLER : DefaultBackend.NONE,
        false);
  }

  /// The upstream that makes error pages; null where no feature of the route asks for any.
  private @Nullable UpstreamKey defaultBackend(
      RouteContext context, IngressReading ingress, List<FeaturePlan> plans) {
    if (plans.stream().noneMatch(plan -> plan.id().equals(ErrorPage.ID))) {
      return null;
    }
    return context.defaultBackend() == DefaultBackend.OF_INGRESS
        ? upstreams.ofIngress(ingress).orElse(null)
        : defaultBackend.orElse(null);
  }

  private RoutePlan toUpstream(
      HostDraft draft,
      RouteContext context,
      Match match,
      IngressReading ingress,
      String field,
      BackendView backend) {
    String byTls = draft.upstreamTls().closed(ingress);
    String byFastCgi = draft.fastCgi().closed(ingress);
    UpstreamKey upstream = upstreams.named(draft, ingress, field, backend);
    List<FeaturePlan> plans =
        features(draft, ingress, context.byClientAddress(upstreams.isByClientAddress(upstream)));
    return new RoutePlan(
        match,
        context.path(),
        new ToUpstream(upstream),
        new Origin(ingress.name(), field),
        labels(context.host(), context.path(), ingress, upstream),
        plans,
        closed(draft, ingress, byTls != null ? byTls : byFastCgi),
        defaultBackend(context, ingress, plans));
  }

  private Target nobody() {
    return defaultBackend.<Target>map(ToUpstream::new).orElseGet(NotFound::new);
  }

  /// What stands first among the features of a route: that of the controller, then that of the
  /// host.
  ///
  /// @param ingress whose route it is, or null
  List<FeaturePlan> first(HostDraft draft, @Nullable IngressReading ingress) {
    List<FeaturePlan> plans = new ArrayList<>(configMap.everywhere());
    plans.addAll(draft.clients().plans(ingress));
    return plans;
  }

  private List<FeaturePlan> withoutIngress(HostDraft draft) {
    List<FeaturePlan> plans = first(draft, null);
    if (LogSettings.includesDefaultBackend(configMap.globals())) {
      plans.add(new FeaturePlan(AccessLogSwitch.ID, new AccessLogSettings(true)));
    }
    return List.copyOf(plans);
  }

  /// Where nothing is served there is nothing to close.
  private @Nullable String closedWithoutIngress(HostDraft draft) {
    String byClients = draft.clients().closed(null);
    return byClients == null && defaultBackend.isPresent() ? configMap.closesAll() : byClients;
  }

  private List<FeaturePlan> features(
      HostDraft draft, IngressReading ingress, RouteContext context) {
    List<FeaturePlan> plans = first(draft, ingress);
    AnnotationReader reader = ingress.reader();
    reader.enter(context);
    try {
      for (Feature<?> feature : features) {
        feature.read(reader).ifPresent(s -> plans.add(new FeaturePlan(feature.id(), s)));
      }
    } catch (RuntimeException e) {
      failed.putIfAbsent(ingress.view().key(), e);
    }
    reader.drain(draft.problems()::add, draft.lookups()::add);
    return List.copyOf(plans);
  }

  /// The first reason for closing the route whose features were just read, or null.
  private static @Nullable String closed(
      HostDraft draft, IngressReading ingress, @Nullable String byUpstream) {
    if (ingress.closed() != null) {
      return ingress.closed();
    }
    if (ingress.reader().closed() != null) {
      return ingress.reader().closed();
    }
    String byPassthrough = HostPassthrough.closed(draft, ingress);
    if (byPassthrough != null) {
      return byPassthrough;
    }
    String byClients = draft.clients().closed(ingress);
    return byClients != null ? byClients : byUpstream;
  }

  /// The names of a route in logs and metrics.
  Labels labels(
      String host, String path, @Nullable IngressReading ingress, @Nullable UpstreamKey upstream) {
    return new Labels(
        ingress == null ? "" : ingress.view().key().namespace(),
        ingress == null ? "" : ingress.view().key().name(),
        upstream == null ? "" : upstream.service(),
        upstream == null ? "" : upstream.port(),
        upstream == null ? NOBODY : upstreams.name(upstream),
        host.isEmpty() ? "_" : host,
        path);
  }
}
