package dev.lintel.corpus.script;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One thing that an HTTP/2 client of a script does.
sealed interface Step {
  /// How often, where nothing but the end of the connection ends it.
  int ENDLESS = Integer.MAX_VALUE;

  /// Where a frame belongs.
  enum On {
    /// The streams opened last.
    CURRENT,
    /// A stream that is opened by it.
    NEW,
    /// Streams that were never opened, another one each time.
    IDLE,
    /// A stream that has ended.
    CLOSED,
    /// By turns, the two before.
    IDLE_OR_CLOSED,
    /// The connection itself.
    CONNECTION,
  }

  /// Frames, one like the other.
  ///
  /// @param flags those that are set
  /// @param number of a stream, where it is written; else 0
  /// @param value the code, the increment or the like that makes up the payload
  /// @param length of the payload where it is not the usual one, else -1
  /// @param pause between one and the next, in milliseconds
  /// @param half whether only the first half of its bytes is sent
  record Frames(
      int type,
      int flags,
      On on,
      int number,
      long value,
      int length,
      int fields,
      boolean itself,
      boolean half,
      int count,
      int pause)
      implements Step {}

  /// Requests, each on a stream of its own.
  ///
  /// @param path asked for, or null for one that fits the rest
  /// @param size of the body of each response, or -1
  /// @param ended whether the request ends with its head
  /// @param unique whether each response has a field no other has
  record Requests(
      int count, String method, @Nullable String path, long size, boolean ended, boolean unique)
      implements Step {}

  /// A request whose head refers to one field many times.
  record References(String name, String value, int count) implements Step {}

  /// The rest of a frame that was begun.
  record Drip(int bytes, int pause) implements Step {}

  /// Several steps, many times.
  record Repeat(int count, List<Step> steps) implements Step {}

  /// A setting, sent with the preface.
  record Setting(int number, long value) implements Step {}

  /// Nothing is read from now on.
  record Deafness() implements Step {}

  /// No window is given back.
  record Windowless() implements Step {}

  /// Nothing is done.
  record Silence() implements Step {}

  /// Something that scripts say and that is no step; the name is that of what follows.
  record Title(@Nullable String name) implements Step {}
}
