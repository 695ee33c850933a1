package dev.lintel.proxy.overload;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/// The files the process may have open: a proxied request takes two. To count them costs a little
/// for each, so that is done every few looks only.
final class OpenFiles implements Resource {
  private static final int LOOKS = 8;
  private static final String ROW = "Max open files";

  private int look;
  private double share;

  @Override
  public String name() {
    return "open-files";
  }

  @Override
  public double share() {
    if (look++ % LOOKS == 0
        && ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      share = (double) unix.getOpenFileDescriptorCount() / unix.getMaxFileDescriptorCount();
    }
    return share;
  }

  /// How many there may be; very many where that is not known.
  static long limit() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
        if (line.startsWith(ROW)) {
          String soft = line.substring(ROW.length()).strip();
          soft = soft.substring(0, soft.indexOf(' '));
          return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
        }
      }
    } catch (IOException | RuntimeException _) {
      // Not Linux, or a format of the future.
    }
    return Long.MAX_VALUE;
  }
}
