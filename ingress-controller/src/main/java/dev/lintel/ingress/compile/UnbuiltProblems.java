package dev.lintel.ingress.compile;

import dev.lintel.ingress.feature.Unbuilt;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;

/// What users are told of settings that Lintel knows and does not carry out.
final class UnbuiltProblems {
  private UnbuiltProblems() {}

  /// @param closed the effect where it guards something
  static Problem of(Source source, String subject, Unbuilt unbuilt, String closed) {
    String about = unbuilt.about();
    return switch (unbuilt.standing()) {
      case GUARD ->
          new Problem.Denied(
              source,
              subject,
              "asks for " + about + "; not carried out",
              unbuilt.instead(),
              closed,
              Severity.ERROR);
      case BEHAVIOUR ->
          unsupported(
              source,
              subject,
              unbuilt,
              "asks for " + about + "; not carried out",
              Severity.WARNING);
      case DETAIL ->
          unsupported(
              source,
              subject,
              unbuilt,
              "details " + about + ", which is not carried out",
              Severity.INFO);
      case MECHANICS -> unsupported(source, subject, unbuilt, "concerns " + about, Severity.INFO);
      case REMOVED ->
          unsupported(
              source,
              subject,
              unbuilt,
              "asked for " + about + "; ingress-nginx gave it up",
              Severity.WARNING);
    };
  }

  private static Problem unsupported(
      Source source, String subject, Unbuilt unbuilt, String found, Severity severity) {
    return new Problem.Unsupported(source, subject, found, unbuilt.instead(), "ignored", severity);
  }
}
