package dev.lintel.corpus.report;

import dev.lintel.corpus.cases.CorpusCase;
import dev.lintel.corpus.verdict.Outcome;
import org.jspecify.annotations.Nullable;

/// How a case ended.
///
/// @param fault what is wrong, or null
/// @param outcome where it got so far
public record Result(CorpusCase what, @Nullable String fault, @Nullable Outcome outcome) {
  public static Result passed(CorpusCase what) {
    return new Result(what, null, null);
  }

  public static Result failed(CorpusCase what, String fault) {
    return new Result(what, fault, null);
  }

  public static Result failed(Outcome outcome, String fault) {
    return new Result(outcome.what(), fault, outcome);
  }

  public boolean isPassed() {
    return fault == null;
  }
}
