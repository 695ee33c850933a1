package dev.lintel.ingress.compile;

import dev.lintel.ingress.problem.Problem;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The problems of one thing that is compiled, each once.
final class ProblemLog {
  private static final Comparator<Problem> ORDER =
      Comparator.comparing((Problem problem) -> problem.source().kind())
          .thenComparing(problem -> problem.source().name())
          .thenComparing(Problem::subject)
          .thenComparing(Problem::sentence)
          .thenComparing(problem -> problem.getClass().getSimpleName())
          .thenComparing(Problem::severity);

  /// Most things have no problem.
  private Set<Problem> problems = Set.of();

  void add(Problem problem) {
    if (problems.isEmpty()) {
      problems = new LinkedHashSet<>();
    }
    problems.add(problem);
  }

  void addAll(Collection<Problem> more) {
    more.forEach(this::add);
  }

  /// All of them as they came.
  List<Problem> list() {
    return List.copyOf(problems);
  }

  /// All of them by object, subject and text.
  List<Problem> sorted() {
    return problems.stream().sorted(ORDER).toList();
  }
}
