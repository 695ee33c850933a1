package dev.lintel.proxy.route;

/// A regular expression that paths are matched with.
public final class PathRegex {
  PathRegex() {}
}
