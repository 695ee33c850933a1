package dev.lintel.ingress.feature;

/// The settings of one route as its feature may read them; every fault becomes a `Problem`.
public final class AnnotationReader {
  AnnotationReader() {}
}
