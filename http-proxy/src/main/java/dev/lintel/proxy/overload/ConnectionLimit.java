package dev.lintel.proxy.overload;

/// How many client connections there may be: of files each takes two (one to its upstream), of
/// memory what a busy one needs at most, and half of both is left for everything else.
public final class ConnectionLimit {
  private static final int MOST = 50_000;
  private static final int BYTES_EACH = 64 * 1024;

  private ConnectionLimit() {}

  /// The limit of this process.
  public static int find() {
    Container container = Container.find();
    return of(OpenFiles.limit(), container == null ? Long.MAX_VALUE : container.most());
  }

  /// The limit where there may be that many open files and that many bytes.
  static int of(long openFiles, long bytes) {
    return (int) Math.min(MOST, Math.min(openFiles / 2, bytes / 2 / BYTES_EACH));
  }
}
