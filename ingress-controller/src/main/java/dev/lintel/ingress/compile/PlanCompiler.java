package dev.lintel.ingress.compile;

import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.Features;
import dev.lintel.ingress.plan.Compilation;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectKey;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Turns a snapshot into a plan and the list of what was wrong. Pure: the same arguments give the
/// same result, and nothing is kept between two calls.
public final class PlanCompiler {
  private PlanCompiler() {}

  /// Compiles everything.
  public static Compilation compile(KubernetesSnapshot snapshot, CompileOptions options) {
    return compile(snapshot, options, Features.ALL);
  }

  /// The same with other features, for tests of what a fault in one of them does.
  static Compilation compile(
      KubernetesSnapshot snapshot, CompileOptions options, List<Feature<?>> features) {
    return compile(snapshot, options, features, null).compilation();
  }

  /// Compiles with the help of an earlier compilation; the result does not depend on it.
  static Compiled compile(
      KubernetesSnapshot snapshot, CompileOptions options, @Nullable Compiled before) {
    return compile(snapshot, options, Features.ALL, before);
  }

  /// An Ingress that a fault of Lintel keeps from being compiled is left out, and everything else
  /// compiled as if it did not exist: so the hosts it shares with others are whole.
  private static Compiled compile(
      KubernetesSnapshot snapshot,
      CompileOptions options,
      List<Feature<?>> features,
      @Nullable Compiled before) {
    Map<ObjectKey, RuntimeException> leftOut = new TreeMap<>();
    CompilerPass pass = new CompilerPass(snapshot, options, features, leftOut);
    Compiled compiled = pass.run(before);
    while (!pass.failed().isEmpty()) {
      leftOut.putAll(pass.failed());
      pass = new CompilerPass(snapshot, options, features, leftOut);
      compiled = pass.run(null);
    }
    return compiled;
  }
}
