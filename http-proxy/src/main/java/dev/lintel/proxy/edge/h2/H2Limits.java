package dev.lintel.proxy.edge.h2;

/// The limits of every HTTP/2 connection, all in one place, none left to a library's preset.
final class H2Limits {
  /// Streams that a client may have open at a time.
  static final int STREAMS = 128;

  /// Bytes of a request's body that may come before they are asked for.
  static final int STREAM_WINDOW = 64 * 1024 - 1;

  /// The same of all requests of a connection.
  static final int CONNECTION_WINDOW = 1 << 20;

  /// How long a client that was answered before the end of its request may go on, within its
  /// window. There are some that lose the answer to a reset that comes while they send.
  static final int LINGER_MILLIS = 2_000;

  /// Bytes of a frame that we read.
  static final int FRAME = 16 * 1024;

  /// Bytes of a list of fields, 32 more for each field (RFC 9113 6.5.2).
  static final int HEADER_LIST = 32 * 1024;

  /// Bytes of the table of fields, in both directions, whatever more a client would like.
  static final int HEADER_TABLE = 4096;

  /// Fields of a request apart from crumbs of cookies.
  static final int FIELDS = 100;

  /// Fields in all: a bomb of crumbs is one, too.
  static final int FIELDS_WITH_CRUMBS = 256;

  /// What the counts below are counted within.
  static final long WINDOW_NANOS = 30_000_000_000L;

  /// Streams that a client may take back in a window.
  static final int RESETS = 200;

  /// Streams that we may have to reset in a window because of what the client did.
  static final int FAULTS = 200;

  /// PRIORITY frames in a window.
  static final int PRIORITIES = 200;

  /// SETTINGS frames in a window.
  static final int SETTINGS = 200;

  /// Frames in a window that bring nothing: PING, WINDOW_UPDATE, unknown ones.
  static final int IDLE_FRAMES = 1000;

  /// How many more of those there may be for each frame that does bring something.
  static final int IDLE_FRAMES_PER_FRAME = 4;

  /// A frame of fewer bytes does not count where a window allowed no more.
  static final int DROP = 256;

  /// Frames of ours that may wait for a client that does not read.
  static final int QUEUED_FRAMES = 1000;

  /// Empty DATA frames in a row.
  static final int EMPTY_DATA_FRAMES = 2;

  /// CONTINUATION frames of less than half a frame for one list of fields.
  static final int SMALL_CONTINUATIONS = 16;

  /// From so many requests on, a client that takes back more than half of them is sent away.
  static final int JUDGED_FROM = 200;

  private H2Limits() {}
}
