package dev.lintel.proxy.overload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The memory of the container (Linux control groups, version 2 and 1): what the kernel counts
/// against the limit, without the file contents that it gives up by itself.
///
/// @param most bytes the container may use
public record Container(long most, Path usage, Path statistics, String reclaimable)
    implements Resource {
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");

  /// More than any machine has: what version 1 says where there is no limit.
  private static final long UNLIMITED = 1L << 50;

  /// The container around this process; null where there is none, or none with a limit.
  public static @Nullable Container find() {
    Container second =
        of(GROUPS.resolve("memory.max"), GROUPS.resolve("memory.current"), GROUPS, "file");
    Path first = GROUPS.resolve("memory");
    return second != null
        ? second
        : of(
            first.resolve("memory.limit_in_bytes"),
            first.resolve("memory.usage_in_bytes"),
            first,
            "total_cache");
  }

  private static @Nullable Container of(Path limit, Path usage, Path folder, String reclaimable) {
    try {
      String text = Files.readString(limit).strip();
      long most = text.equals("max") ? Long.MAX_VALUE : Long.parseLong(text);
      Path statistics = folder.resolve("memory.stat");
      return most < UNLIMITED && Files.isReadable(statistics)
          ? new Container(most, usage, statistics, reclaimable)
          : null;
    } catch (IOException | NumberFormatException _) {
      return null; // no such control group
    }
  }

  @Override
  public String name() {
    return "container-memory";
  }

  @Override
  public double share() {
    try {
      long used = Long.parseLong(Files.readString(usage).strip());
      return (double) Math.max(0, used - statistic()) / most;
    } catch (IOException | NumberFormatException _) {
      return 0;
    }
  }

  private long statistic() throws IOException {
    List<String> lines = Files.readAllLines(statistics);
    for (String line : lines) {
      int space = line.indexOf(' ');
      if (space > 0 && line.startsWith(reclaimable) && space == reclaimable.length()) {
        return Long.parseLong(line.substring(space + 1).strip());
      }
    }
    return 0;
  }
}
