package dev.lintel.proxy.edge.h3;

/// The limits of every HTTP/3 connection, all in one place, none left to a library's preset.
final class H3Limits {
  /// Requests that a client may have open at a time.
  static final int STREAMS = 128;

  /// Streams in one direction: control, two of QPACK, and a few that mean nothing (RFC 9114 6.2.3).
  static final int ONE_WAY_STREAMS = 8;

  /// Bytes of a request's body that may come before they are asked for; QUIC widens it for clients
  /// that use it up fast.
  static final int STREAM_WINDOW = 64 * 1024;

  /// The same of a stream in one direction.
  static final int ONE_WAY_WINDOW = 16 * 1024;

  /// The same of all streams of a connection, at first.
  static final int CONNECTION_WINDOW = 1 << 20;

  /// Bytes of a list of fields, 32 more for each field (RFC 9114 4.2.2), that get a 431.
  static final int FIELD_SECTION = 32 * 1024;

  /// Beyond so many the list is not unpacked: the connection ends.
  static final int LONGEST_FIELD_SECTION = 64 * 1024;

  /// Bytes of a frame of a kind that means nothing.
  static final int UNKNOWN_FRAME = 1024;

  /// Bytes of a DATA frame that we write, so that it shows how fast a client takes them.
  static final int FRAME = 16 * 1024;

  /// Bytes of one read of a stream.
  static final int READ = 16 * 1024;

  /// Bytes of the largest packet there is on a usual network.
  static final int PACKET = 2048;

  /// Packets read in a row.
  static final int PACKETS_IN_A_ROW = 32;

  /// Bytes of packets that may wait in the kernel.
  static final int SOCKET_BUFFER = 1 << 20;

  /// Ids that a connection may have on each side, and ports that its client may have had.
  static final int CONNECTION_IDS = 32;

  /// So often a client may get another port: with the last one its connection ends, and from half
  /// of it on it is asked to make a new one.
  static final int PORTS = CONNECTION_IDS - 1;

  /// How long the handshake may take.
  static final int HANDSHAKE_MILLIS = 10_000;

  /// How long both sides may be silent, requests under way or not. A client that waits for longer
  /// asks now and then whether we are still there; idle connections end earlier, by their own
  /// clock.
  static final int SILENCE_MILLIS = 180_000;

  /// How long a client has to use the token that proves its address.
  static final int TOKEN_SECONDS = 30;

  /// What the counts below are counted within.
  static final long WINDOW_NANOS = 30_000_000_000L;

  /// Requests that a client may take back in a window.
  static final int RESETS = 200;

  /// Streams in a window that we may have to reset because of what came on them.
  static final int FAULTS = 200;

  /// Frames in a window that bring nothing: empty ones, and of unknown kinds.
  static final int IDLE_FRAMES = 1000;

  /// From so many requests on, a client that takes back more than half of them is sent away.
  static final int JUDGED_FROM = 200;

  private H3Limits() {}
}
