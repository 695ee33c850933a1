package dev.lintel.ingress;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A `lintel` command running as a process of its own, from the classes under test.
public final class LintelProcess implements AutoCloseable {
  private static final Pattern LISTENING =
      Pattern.compile("listening http=(\\d+) https=(\\d+) admin=(\\d+)");

  /// A machine that builds something else at the same time is slow.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final List<String> lines = new ArrayList<>();

  private LintelProcess(Process process) {
    this.process = process;
    read(process.getInputStream());
    read(process.getErrorStream());
  }

  private static final List<String> SMALL =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:+UseCompactObjectHeaders",
          "-XX:TieredStopAtLevel=1",
          "-Xmx128m");

  /// Starts `lintel` with these arguments.
  public static LintelProcess start(String... args) throws IOException {
    return start(SMALL, args);
  }

  /// Starts `lintel` in a Java machine with these options.
  public static LintelProcess start(List<String> machine, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(machine);
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.lintel.ingress.Main"));
    command.addAll(List.of(args));
    return new LintelProcess(new ProcessBuilder(command).start());
  }

  /// The number that the system knows the process by.
  public long pid() {
    return process.pid();
  }

  private void read(InputStream stream) {
    Thread.ofVirtual()
        .start(
            () -> {
              try (BufferedReader reader =
                  new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                String line;
                while ((line = reader.readLine()) != null) {
                  synchronized (lines) {
                    lines.add(line);
                    lines.notifyAll();
                  }
                }
              } catch (IOException _) {
                // closed with the process
              }
            });
  }

  /// Waits until a line of stdout or stderr fits, and returns it.
  public String awaitLine(Predicate<String> fits) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int seen = 0;
    synchronized (lines) {
      while (true) {
        for (; seen < lines.size(); seen++) {
          if (fits.test(lines.get(seen))) {
            return lines.get(seen);
          }
        }
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0 || !process.isAlive() && left < PATIENCE.toMillis() - 2_000) {
          throw new AssertionError("no such line in:\n" + output());
        }
        lines.wait(Math.min(left, 500));
      }
    }
  }

  /// The ports as the process printed them: http, https, admin.
  public int[] ports() throws InterruptedException {
    Matcher ports = LISTENING.matcher(awaitLine(line -> LISTENING.matcher(line).find()));
    if (!ports.find()) {
      throw new AssertionError("no ports");
    }
    return new int[] {
      Integer.parseInt(ports.group(1)),
      Integer.parseInt(ports.group(2)),
      Integer.parseInt(ports.group(3))
    };
  }

  /// All that was printed so far.
  public String output() {
    synchronized (lines) {
      return String.join("\n", lines);
    }
  }

  /// Sends SIGTERM.
  public void terminate() {
    process.destroy();
  }

  /// Whether it still runs.
  public boolean isAlive() {
    return process.isAlive();
  }

  /// Waits for the end.
  ///
  /// @return the exit code
  public int await() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("still running after 60 s:\n" + output());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
