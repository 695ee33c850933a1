package dev.lintel.ingress.feature;

/// One thing a user may write: an annotation, a ConfigMap key, or both, with its grammar, default
/// and text.
public final class Setting<T> {
  Setting() {}
}
