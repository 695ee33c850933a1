package dev.lintel.ingress.plan;

import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.snapshot.ObjectKey;
import java.util.List;
import java.util.SortedSet;

/// What one compilation gives.
///
/// @param problems what was wrong, by object
/// @param ingresses the Ingresses that are ours, served or not: those whose status we write
/// @param secrets the Secrets that were asked for, whether they exist or not
public record Compilation(
    ProxyPlan plan,
    List<Problem> problems,
    SortedSet<ObjectKey> ingresses,
    SortedSet<ObjectKey> secrets) {}
