package dev.lintel.proxy.observe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What the operating system knows of this process (Linux: proc(5)); zeros elsewhere.
///
/// @param residentBytes memory in use
/// @param virtualBytes address space
/// @param cpu time on processors so far
/// @param started when the process began
record ProcessFacts(long residentBytes, long virtualBytes, Duration cpu, Instant started) {
  private static final Path STATUS = Path.of("/proc/self/status");

  static ProcessFacts read() {
    ProcessHandle.Info info = ProcessHandle.current().info();
    return new ProcessFacts(
        bytes("VmRSS:"),
        bytes("VmSize:"),
        info.totalCpuDuration().orElse(Duration.ZERO),
        info.startInstant().orElse(Instant.EPOCH));
  }

  void write(TextExposition text, String labels) throws IOException {
    sample(text, MetricFamilies.NUM_PROCS, labels, 1);
    sample(text, MetricFamilies.CPU_SECONDS, labels, cpu.toMillis() / 1e3);
    sample(text, MetricFamilies.RESIDENT_MEMORY, labels, residentBytes);
    sample(text, MetricFamilies.VIRTUAL_MEMORY, labels, virtualBytes);
    sample(text, MetricFamilies.START_TIME, labels, started.getEpochSecond());
  }

  private static void sample(TextExposition text, MetricFamily family, String labels, double value)
      throws IOException {
    text.family(family);
    text.sample(family.name(), "", labels, TextExposition.number(value));
  }

  private static long bytes(String field) {
    try {
      List<String> lines = Files.readAllLines(STATUS);
      for (String line : lines) {
        if (line.startsWith(field)) {
          int end = line.lastIndexOf(' ');
          return Long.parseLong(line.substring(field.length(), end).strip()) * 1024;
        }
      }
    } catch (IOException | NumberFormatException _) {
      // Not Linux: nothing is known.
    }
    return 0;
  }
}
