package dev.lintel.ingress.feature.errorpage;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.HostRules;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import java.util.List;
import java.util.Optional;

/// Replaces answers of some statuses by pages of the default backend, and has the default backend
/// of an Ingress stand in for a Service without endpoints. The status of a refusal stays, whatever
/// the page says.
public final class ErrorPage implements Feature<ErrorPageSettings> {
  /// Names it in a plan.
  public static final String ID = "error-page";

  static final Setting<List<Integer>> STATUSES =
      Setting.of("custom-http-errors", new StatusGrammar(400, false))
          .text(
              "Statuses whose answers, of the upstream and of Lintel's own, are replaced by pages of"
                  + " the default backend, in place of the ConfigMap's list. The page says the"
                  + " status, unless the answer refuses the request.");
  static final Setting<List<Integer>> STATUSES_GLOBALLY =
      Setting.of("custom-http-errors", new StatusGrammar(300, true))
          .onlyInConfigMap()
          .defaultsTo(List.of())
          .text(
              "Statuses whose answers are replaced by pages of the default backend; others than 300"
                  + " to 599 are left out.");
  static final Setting<Boolean> KEEPS_ANSWERS =
      Setting.bool("disable-proxy-intercept-errors")
          .alsoInConfigMap()
          .defaultsTo(false)
          .text(
              "Leaves the answers of upstreams as they are; only Lintel's own are replaced as"
                  + " `custom-http-errors` says.");

  @Override
  public String id() {
    return ID;
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(STATUSES, STATUSES_GLOBALLY, KEEPS_ANSWERS, HostRules.DEFAULT_BACKEND);
  }

  @Override
  public Optional<ErrorPageSettings> read(AnnotationReader in) {
    Optional<List<Integer>> own = in.find(STATUSES);
    List<Integer> statuses = own.orElseGet(() -> in.get(STATUSES_GLOBALLY));
    boolean hasBackend = in.route().defaultBackend() != HostRules.DefaultBackend.NONE;
    if (!statuses.isEmpty() && !hasBackend) {
      String found = "there is no default backend to make pages";
      String expected = "default-backend, or --default-backend-service";
      String effect = "answers stay as they are";
      if (own.isPresent()) {
        in.problem(STATUSES, found, expected, effect);
      } else {
        in.globalProblem(STATUSES_GLOBALLY, found, expected, effect);
      }
      return Optional.empty();
    }
    boolean standsIn = in.route().defaultBackend() == HostRules.DefaultBackend.OF_INGRESS;
    return statuses.isEmpty() && !standsIn
        ? Optional.empty()
        : Optional.of(
            new ErrorPageSettings(
                statuses, !statuses.isEmpty() && in.get(KEEPS_ANSWERS), standsIn));
  }

  @Override
  public void install(ErrorPageSettings settings, RouteAssembly route) {
    route.errorPages(settings.statuses(), !settings.keepsAnswers());
    if (settings.standsIn()) {
      route.standIn();
    }
  }
}
