package dev.lintel.ingress.snapshot;

import dev.lintel.ingress.problem.Problem;
import java.util.List;
import java.util.Set;

/// What happened to the store since the last look, with the state after it.
///
/// @param snapshot all objects now
/// @param recompile whether anything changed that the compiler reads; false when only endpoints or
///   problems did
/// @param endpoints the Services whose EndpointSlices changed: their endpoints go straight to the
///   upstreams
/// @param problems what the source could not read, as it stands now
public record StoreUpdate(
    KubernetesSnapshot snapshot,
    boolean recompile,
    Set<ObjectKey> endpoints,
    List<Problem> problems) {}
