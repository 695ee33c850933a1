package dev.lintel.ingress;

import dev.lintel.ingress.admin.AdminPages;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.proxy.observe.Metrics;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What this process is doing, as probes and people see it: told by the control loop, read by the
/// admin port.
final class ProcessState implements Controller.Listener {
  private final ControlMetrics metrics;
  private final ProblemReport report;
  private final ObjectSource source;
  private final AtomicLong rounds = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile Supplier<List<Problem>> sourceProblems = List::of;
  private volatile @Nullable Round last;
  private volatile @Nullable Round lastNew;
  private volatile boolean warm;
  private volatile boolean draining;

  ProcessState(ControlMetrics metrics, ProblemReport report, ObjectSource source) {
    this.metrics = metrics;
    this.report = report;
    this.source = source;
  }

  /// Where the problems of the source are found from now on.
  void sourceProblems(Supplier<List<Problem>> problems) {
    sourceProblems = problems;
  }

  /// The hot path is warm.
  void warm() {
    warm = true;
  }

  /// From now on this process wants no more traffic.
  void drain() {
    draining = true;
  }

  @Override
  public void ended(Round round) {
    rounds.incrementAndGet();
    last = round;
    if (round.isNew()) {
      lastNew = round;
    }
    List<Problem> problems = problems(round);
    metrics.ended(round, problems);
    report.tell(problems);
    source.applied(round.snapshot(), round.compilation(), problems);
  }

  @Override
  public void failed(Throwable failure) {
    failures.incrementAndGet();
    metrics.failed();
  }

  /// All problems: of the source first, then of the plan.
  private List<Problem> problems(Round round) {
    List<Problem> all = new ArrayList<>(sourceProblems.get());
    all.addAll(round.compilation().problems());
    return all;
  }

  /// The admin port's view.
  AdminPages pages(ControllerConfig config, Metrics counted) {
    return new AdminPages(
        config.listening().healthPath(),
        () -> warm && !draining && last != null,
        config.metrics().served() ? out -> writeMetrics(config, counted, out) : null,
        this::planPage,
        this::problemsPage,
        metrics::endpoints,
        this::timesPage);
  }

  private void writeMetrics(ControllerConfig config, Metrics counted, OutputStream out)
      throws IOException {
    boolean elects =
        config.source() instanceof ControllerConfig.Cluster && config.status().election();
    metrics.beforeScrape(elects ? config.status().electionId() : "", source.isLeader());
    counted.write(out);
  }

  private String planPage() {
    Round round = last;
    return round == null ? "" : PlanSource.print(round.compilation().plan(), problems(round));
  }

  private String problemsPage() {
    Round round = last;
    StringBuilder page = new StringBuilder();
    if (round != null) {
      for (Problem problem : problems(round)) {
        page.append(problem.severity()).append(' ').append(problem.sentence()).append('\n');
      }
    }
    return page.toString();
  }

  private String timesPage() {
    Round round = lastNew;
    StringBuilder page = new StringBuilder();
    page.append("rounds ").append(rounds).append("\nfailures ").append(failures).append('\n');
    if (round != null) {
      page.append("generation ")
          .append(round.generation())
          .append("\npublished ")
          .append(round.at())
          .append("\ncompileNanos ")
          .append(round.compileNanos())
          .append("\nlinkNanos ")
          .append(round.linkNanos())
          .append('\n');
    }
    return page.toString();
  }
}
