package dev.lintel.ingress.plan;

import dev.lintel.ingress.problem.Problem;
import java.util.List;

/// What one compilation gives: a plan and what was wrong, sorted.
public record Compilation(ProxyPlan plan, List<Problem> problems) {}
