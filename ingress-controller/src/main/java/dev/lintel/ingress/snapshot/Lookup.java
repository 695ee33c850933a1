package dev.lintel.ingress.snapshot;

/// An object that was asked for by its name, whether it was there or not.
public record Lookup(ObjectKind kind, ObjectKey key) {}
