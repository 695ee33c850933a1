package dev.lintel.ingress.compile;

import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.IngressClassView;
import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.NamespaceView;
import dev.lintel.ingress.snapshot.ObjectKey;
import java.util.Comparator;
import java.util.Map;

/// Which Ingresses are ours, and in which order they win: the oldest first, of equal age the
/// greater `namespace/name` first.
final class ClassSelection {
  private static final String CLASS_ANNOTATION = "kubernetes.io/ingress.class";

  /// The order in which Ingresses win.
  static final Comparator<IngressView> OLDEST_FIRST =
      Comparator.comparing(IngressView::created)
          .thenComparing(IngressView::key, ClassSelection::greaterTextFirst);

  private final KubernetesSnapshot snapshot;
  private final CompileOptions options;

  ClassSelection(KubernetesSnapshot snapshot, CompileOptions options) {
    this.snapshot = snapshot;
    this.options = options;
  }

  /// Whether an Ingress is ours.
  ///
  /// @param problems told why it is not, where its author might wonder
  boolean accepts(IngressView ingress, ProblemLog problems) {
    return isInScope(ingress.key().namespace())
        && isOfOurClass(ingress, problems)
        && mayCatchAll(ingress, problems);
  }

  /// As the texts `namespace/name` compare, backwards; without making them.
  private static int greaterTextFirst(ObjectKey one, ObjectKey two) {
    String a = one.namespace();
    String b = two.namespace();
    if (a.equals(b)) {
      return two.name().compareTo(one.name());
    }
    if (b.startsWith(a)) {
      return b.charAt(a.length()) - '/';
    }
    return a.startsWith(b) ? '/' - a.charAt(b.length()) : b.compareTo(a);
  }

  private boolean isInScope(String namespace) {
    if (!options.watchNamespace().isEmpty()) {
      return namespace.equals(options.watchNamespace());
    }
    NamespaceView view = snapshot.namespaces().get(namespace);
    return options.namespaceSelector().accepts(view == null ? Map.of() : view.labels());
  }

  private boolean isOfOurClass(IngressView ingress, ProblemLog problems) {
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

  private boolean mayCatchAll(IngressView ingress, ProblemLog problems) {
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
