package dev.lintel.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How many files the process may have open, which bounds how many connections it may have: a
/// proxied request takes two.
final class OpenFiles {
  private static final int MOST_CONNECTIONS = 50_000;
  private static final String ROW = "Max open files";

  private OpenFiles() {}

  /// How many client connections there may be.
  static int connections() {
    return (int) Math.min(MOST_CONNECTIONS, limit() / 2);
  }

  private static long limit() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
        if (line.startsWith(ROW)) {
          String soft = line.substring(ROW.length()).strip();
          soft = soft.substring(0, soft.indexOf(' '));
          return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
        }
      }
    } catch (IOException | RuntimeException _) {
      // Not Linux, or a format of the future: the limit of our own holds.
    }
    return Long.MAX_VALUE;
  }
}
