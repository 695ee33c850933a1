package dev.lintel.ingress;

import dev.lintel.ingress.problem.Problem;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells each problem once, when it is new, and once more when it is solved and comes back.
final class ProblemReport {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemReport.class);

  private final @Nullable Consumer<String> console;
  private List<Problem> last = List.of();
  private Set<Problem> known = Set.of();

  /// @param console where a person reads; null: the log is enough
  ProblemReport(@Nullable Consumer<String> console) {
    this.console = console;
  }

  /// All problems there are now. Called on one thread.
  void tell(List<Problem> now) {
    if (now.equals(last)) {
      return;
    }
    last = List.copyOf(now);
    for (Problem problem : now) {
      if (!known.contains(problem)) {
        tell(problem);
      }
    }
    if (console != null && now.isEmpty() && !known.isEmpty()) {
      console.accept("all problems are solved");
    }
    known = new HashSet<>(now);
  }

  private void tell(Problem problem) {
    if (console != null) {
      console.accept(
          problem.severity().name().toLowerCase(java.util.Locale.ROOT) + ": " + problem.sentence());
      return;
    }
    switch (problem.severity()) {
      case INFO -> LOG.info("{}", problem.sentence());
      case WARNING -> LOG.warn("{}", problem.sentence());
      case ERROR -> LOG.error("{}", problem.sentence());
    }
  }
}
