package dev.lintel.ingress.compile;

import dev.lintel.ingress.problem.Problem;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The problems found in one compilation, each once.
final class ProblemLog {
  private static final Comparator<Problem> ORDER =
      Comparator.comparing((Problem problem) -> problem.source().kind())
          .thenComparing(problem -> problem.source().name())
          .thenComparing(Problem::subject)
          .thenComparing(Problem::sentence)
          .thenComparing(problem -> problem.getClass().getSimpleName());

  private final Set<Problem> problems = new LinkedHashSet<>();

  void add(Problem problem) {
    problems.add(problem);
  }

  void addAll(Collection<Problem> more) {
    problems.addAll(more);
  }

  /// All of them by object, subject and text.
  List<Problem> sorted() {
    return problems.stream().sorted(ORDER).toList();
  }
}
