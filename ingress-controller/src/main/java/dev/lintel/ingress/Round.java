package dev.lintel.ingress;

import dev.lintel.ingress.plan.Compilation;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import java.time.Instant;

/// What one round of the control loop came to.
///
/// @param generation of the configuration that serves after it
/// @param isNew whether the plan differs from the one before, so that a configuration was published
/// @param compileNanos from the snapshot to the plan
/// @param linkNanos from the plan to the configuration; 0 where nothing was linked
/// @param at when it ended
record Round(
    long generation,
    KubernetesSnapshot snapshot,
    Compilation compilation,
    boolean isNew,
    long compileNanos,
    long linkNanos,
    Instant at) {}
