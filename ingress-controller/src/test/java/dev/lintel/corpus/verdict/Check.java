package dev.lintel.corpus.verdict;

import org.jspecify.annotations.Nullable;

/// One thing that an outcome may be required to be.
@FunctionalInterface
interface Check {
  /// What is wrong, or null.
  @Nullable String fault(Outcome outcome);
}
