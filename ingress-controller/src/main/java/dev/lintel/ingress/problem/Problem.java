package dev.lintel.ingress.problem;

/// Something a user wrote that cannot be honoured as written.
///
/// Printed on one line: `source subject: found (expected: expected); effect`.
public sealed interface Problem
    permits Problem.InvalidValue,
        Problem.UnresolvedReference,
        Problem.Conflict,
        Problem.Unsupported,
        Problem.Denied,
        Problem.InternalError {

  /// The object it stands in.
  Source source();

  /// The annotation, ConfigMap key, flag or field, e.g. `limit-rps` or `rules[0].paths[1]`.
  String subject();

  /// What was found, in words.
  String found();

  /// What would have been right, in words; empty where nothing can be said.
  String expected();

  /// What Lintel does instead, in words.
  String effect();

  /// How much it hurts.
  Severity severity();

  /// INFO changes nothing a user relies on; WARNING changes behaviour; ERROR closes or drops
  /// something.
  enum Severity {
    INFO,
    WARNING,
    ERROR
  }

  /// Where the fault stands: a Kubernetes object ("Ingress", "default/shop"), or a file ("file",
  /// "shop.yaml:12").
  record Source(String kind, String name) {
    @Override
    public String toString() {
      return kind.equals("Ingress") ? name : kind + " " + name;
    }
  }

  /// A value outside its grammar or bounds (annotation, ConfigMap key, field, document).
  record InvalidValue(
      Source source,
      String subject,
      String found,
      String expected,
      String effect,
      Severity severity)
      implements Problem {}

  /// A reference to an object or port that does not exist or cannot be used.
  record UnresolvedReference(
      Source source,
      String subject,
      String found,
      String expected,
      String effect,
      Severity severity)
      implements Problem {}

  /// Two objects want the same thing; the source is the one that lost.
  record Conflict(
      Source source,
      String subject,
      String found,
      String expected,
      String effect,
      Severity severity)
      implements Problem {}

  /// A known or unknown setting that this version does not carry out.
  record Unsupported(
      Source source,
      String subject,
      String found,
      String expected,
      String effect,
      Severity severity)
      implements Problem {}

  /// A guard that cannot be honoured: its routes are closed.
  record Denied(
      Source source,
      String subject,
      String found,
      String expected,
      String effect,
      Severity severity)
      implements Problem {}

  /// A fault of Lintel itself while it compiled one object; that object is dropped.
  record InternalError(
      Source source,
      String subject,
      String found,
      String expected,
      String effect,
      Severity severity)
      implements Problem {}

  /// The one sentence shown to users.
  default String sentence() {
    String wanted = expected().isEmpty() ? "" : " (expected: " + expected() + ")";
    return source() + " " + subject() + ": " + found() + wanted + "; " + effect();
  }
}
