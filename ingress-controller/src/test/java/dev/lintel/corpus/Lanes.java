package dev.lintel.corpus;

import dev.lintel.corpus.cases.CorpusCase;
import dev.lintel.corpus.fixture.Fixture;
import dev.lintel.corpus.fixture.Setting;
import dev.lintel.corpus.report.Result;
import dev.lintel.corpus.verdict.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Runs cases on several fixtures at once: those that wait for a timeout first, each with few
/// others behind it.
public final class Lanes {
  private static final int MOST = 5;

  private Lanes() {}

  /// Cases that need the same setting, by their place in the file.
  private record Batch(@Nullable String config, List<Integer> places) {}

  /// Runs them all.
  ///
  /// @return the results in the order of the cases
  public static List<Result> run(List<CorpusCase> cases) throws InterruptedException {
    Queue<Batch> batches = new ConcurrentLinkedQueue<>(batches(cases));
    Result[] results = new Result[cases.size()];
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST, batches.size()); i++) {
      threads.add(Thread.ofPlatform().start(() -> work(batches, cases, results)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return Arrays.asList(results);
  }

  private static List<Batch> batches(List<CorpusCase> cases) {
    List<Batch> slow = new ArrayList<>();
    List<Batch> quick = new ArrayList<>();
    Map<String, Batch> special = new LinkedHashMap<>();
    for (int i = 0; i < cases.size(); i++) {
      CorpusCase each = cases.get(i);
      String config = each.config();
      if (config != null) {
        special.computeIfAbsent(config, c -> new Batch(c, new ArrayList<>())).places().add(i);
      } else if (Verdict.isSlow(each.expect())) {
        slow.add(new Batch(null, List.of(i)));
      } else {
        quick.add(new Batch(null, List.of(i)));
      }
    }
    List<Batch> all = new ArrayList<>(slow);
    all.addAll(special.values());
    all.addAll(quick);
    return all;
  }

  private static void work(Queue<Batch> batches, List<CorpusCase> cases, Result[] results) {
    Fixture fixture = null;
    Batch before = null;
    try {
      Batch batch;
      while ((batch = batches.poll()) != null) {
        if (fixture == null
            || before == null
            || !Objects.equals(before.config(), batch.config())
            || !fixture.product().isAlive()) {
          close(fixture, before, cases, results);
          fixture = start(batch);
        }
        before = batch;
        for (int place : batch.places()) {
          results[place] =
              fixture == null
                  ? Result.failed(cases.get(place), "no fixture")
                  : CaseRun.run(fixture, cases.get(place));
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      close(fixture, before, cases, results);
    }
  }

  /// Starts one at a time: several Java machines that start at once take each other's time.
  private static @Nullable Fixture start(Batch batch) throws InterruptedException {
    synchronized (Lanes.class) {
      try {
        return Fixture.start(Setting.of(batch.config()));
      } catch (IOException | AssertionError e) {
        System.err.println("no fixture for " + batch.config() + ": " + e);
        return null;
      }
    }
  }

  /// A buffer that was lost fails the case that ran last: which one lost it, nobody knows.
  private static void close(
      @Nullable Fixture fixture, @Nullable Batch last, List<CorpusCase> cases, Result[] results) {
    if (fixture != null) {
      try {
        fixture.close();
      } catch (AssertionError e) {
        if (last != null) {
          int place = last.places().getLast();
          results[place] = Result.failed(cases.get(place), String.valueOf(e.getMessage()));
        }
      } catch (IOException e) {
        System.err.println("a fixture does not end: " + e);
      }
    }
  }
}
