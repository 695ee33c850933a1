package dev.lintel.ingress.compile;

import dev.lintel.ingress.plan.Compilation;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import org.jspecify.annotations.Nullable;

/// Compiles one snapshot after the other. Each result is that of `PlanCompiler` for the same
/// snapshot alone; what does not depend on anything that changed since the last one is taken over
/// from there, down to the very objects. Used by one thread.
public final class IncrementalCompiler {
  private @Nullable Compiled last;

  /// Nothing is known yet: the first call compiles everything.
  public IncrementalCompiler() {}

  /// Compiles; an exception leaves everything as it was.
  public Compilation compile(KubernetesSnapshot snapshot, CompileOptions options) {
    Compiled next = PlanCompiler.compile(snapshot, options, last);
    last = next;
    return next.compilation();
  }
}
