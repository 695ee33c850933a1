package dev.lintel.ingress.compile;

import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.IngressClassView;
import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.NamespaceView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Which Ingresses are ours, in the order in which they win: the oldest first, of equal age the
/// greater `namespace/name` first.
final class ClassSelection {
  private static final String CLASS_ANNOTATION = "kubernetes.io/ingress.class";
  private static final Comparator<IngressView> OLDEST_FIRST =
      Comparator.comparing(IngressView::created)
          .thenComparing(view -> view.key().toString(), Comparator.reverseOrder());

  private final KubernetesSnapshot snapshot;
  private final CompileOptions options;
  private final ProblemLog problems;

  ClassSelection(KubernetesSnapshot snapshot, CompileOptions options, ProblemLog problems) {
    this.snapshot = snapshot;
    this.options = options;
    this.problems = problems;
  }

  List<IngressView> chosen() {
    List<IngressView> chosen = new ArrayList<>();
    for (IngressView ingress : snapshot.ingresses().values()) {
      if (isInScope(ingress.key().namespace()) && isOfOurClass(ingress) && mayCatchAll(ingress)) {
        chosen.add(ingress);
      }
    }
    chosen.sort(OLDEST_FIRST);
    return chosen;
  }

  private boolean isInScope(String namespace) {
    if (!options.watchNamespace().isEmpty()) {
      return namespace.equals(options.watchNamespace());
    }
    NamespaceView view = snapshot.namespaces().get(namespace);
    return options.namespaceSelector().accepts(view == null ? Map.of() : view.labels());
  }

  private boolean isOfOurClass(IngressView ingress) {
    String name = ingress.className();
    if (name != null && !name.isEmpty()) {
      IngressClassView found = snapshot.classes().get(name);
      if (found == null) {
        problems.add(
            new Problem.UnresolvedReference(
                new Source("Ingress", ingress.key().toString()),
                "ingressClassName",
                "IngressClass " + name + " does not exist",
                "",
                "the Ingress is not served",
                Severity.WARNING));
        return false;
      }
      return found.controller().equals(options.controllerClass())
          || options.isClassByName() && name.equals(options.ingressClass());
    }
    String annotation = ingress.annotations().get(CLASS_ANNOTATION);
    return annotation == null || annotation.isEmpty()
        ? options.servesWithoutClass()
        : annotation.equals(options.ingressClass());
  }

  private boolean mayCatchAll(IngressView ingress) {
    if (!options.isCatchAllDisabled() || ingress.defaultBackend() == null) {
      return true;
    }
    problems.add(
        new Problem.InvalidValue(
            new Source("Ingress", ingress.key().toString()),
            "defaultBackend",
            "there is one",
            "none, because of --disable-catch-all",
            "the Ingress is not served",
            Severity.ERROR));
    return false;
  }
}
