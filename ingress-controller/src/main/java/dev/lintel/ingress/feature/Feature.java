package dev.lintel.ingress.feature;

import java.util.List;
import java.util.Optional;

/// One thing a user can switch on: its settings, the record they denote, and the filters that carry
/// it out.
///
/// Reading is pure and happens once per route in the compiler; installing happens in the linker,
/// off the event loops.
public interface Feature<S extends Record> {
  /// Stable name: heading in the docs, folder of the goldens, tag in metrics; e.g. `rate-limit`.
  String id();

  /// All a user may write for it: annotations, ConfigMap keys or both.
  List<Setting<?>> settings();

  /// The record for one route; empty where the feature is not asked for. Faults go to `in`, never
  /// thrown.
  Optional<S> read(AnnotationReader in);

  /// Puts the filters for `settings` on a route.
  void install(S settings, RouteAssembly route);
}
