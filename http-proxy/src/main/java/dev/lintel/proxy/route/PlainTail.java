package dev.lintel.proxy.route;

import org.jspecify.annotations.Nullable;

/// What stands behind the plain text of the expressions that most users write, such as
/// `/shop(/|$)(.*)`: these are matched without an engine and without allocating, with the result
/// the engine without backtracking would give.
enum PlainTail {
  NOTHING("", 0),
  END("$", 0),
  REST(".*", 0),
  GROUP_REST("(.*)", 1),
  SLASH_OR_END("(/|$)", 1),
  SLASH_OR_END_GROUP_REST("(/|$)(.*)", 2),
  MAYBE_SLASH_GROUP_REST("/?(.*)", 1);

  private final String source;
  private final int groups;

  PlainTail(String source, int groups) {
    this.source = source;
    this.groups = groups;
  }

  /// The tail that is written so, or null.
  static @Nullable PlainTail of(String source) {
    for (PlainTail tail : values()) {
      if (tail.source.equals(source)) {
        return tail;
      }
    }
    return null;
  }

  int groups() {
    return groups;
  }

  /// Whether the tail fits at `at`, which stands behind the plain text.
  boolean fits(byte[] path, int at, int end) {
    return switch (this) {
      case NOTHING, REST, GROUP_REST, MAYBE_SLASH_GROUP_REST -> true;
      case END -> at == end;
      case SLASH_OR_END, SLASH_OR_END_GROUP_REST -> at == end || path[at] == '/';
    };
  }

  /// Where the match ends that has this tail at `at`; `ranges` gets the groups, relative to
  /// `offset`.
  int end(byte[] path, int offset, int at, int end, int[] ranges) {
    switch (this) {
      case NOTHING, END -> {
        return at;
      }
      case REST -> {
        return end;
      }
      case GROUP_REST -> {
        return group(ranges, 1, offset, at, end);
      }
      case SLASH_OR_END -> {
        return group(ranges, 1, offset, at, Math.min(at + 1, end));
      }
      case SLASH_OR_END_GROUP_REST -> {
        int rest = group(ranges, 1, offset, at, Math.min(at + 1, end));
        return group(ranges, 2, offset, rest, end);
      }
      default -> {
        int rest = at < end && path[at] == '/' ? at + 1 : at;
        return group(ranges, 1, offset, rest, end);
      }
    }
  }

  private static int group(int[] ranges, int number, int offset, int from, int to) {
    if (2 * number + 1 < ranges.length) {
      ranges[2 * number] = from - offset;
      ranges[2 * number + 1] = to - offset;
    }
    return to;
  }
}
