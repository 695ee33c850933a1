package dev.lintel.ingress;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A `lintel` command running as a process of its own, from the classes under test. Every buffer in
/// it is tracked; a process that lost one fails the test that ends it.
public final class LintelProcess implements AutoCloseable {
  private static final byte[] HEALTH =
      "GET /healthz HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern LISTENING =
      Pattern.compile("listening http=(\\d+) https=(\\d+) admin=(\\d+)");

  /// A machine that builds something else at the same time is slow.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// How Netty reports a buffer that was collected before anybody released it.
  private static final String LOST = "LEAK: ";

  private final Process process;
  private final List<String> lines = new ArrayList<>();

  private LintelProcess(Process process) {
    this.process = process;
    read(process.getInputStream());
    read(process.getErrorStream());
  }

  /// Options of a Java machine that is not to be large.
  public static final List<String> SMALL =
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
    return startAs("dev.lintel.ingress.Main", machine, args);
  }

  /// Starts another main class, which begins something and then runs `lintel`.
  static LintelProcess startAs(String main, List<String> machine, String... args)
      throws IOException {
    return startOn(System.getProperty("java.class.path"), main, machine, args);
  }

  /// Starts a main class on another class path.
  static LintelProcess startOn(String classPath, String main, List<String> machine, String... args)
      throws IOException {
    return startOn(classPath, main, machine, Map.of(), args);
  }

  /// The same with these variables beside those of this process.
  static LintelProcess startOn(
      String classPath,
      String main,
      List<String> machine,
      Map<String, String> variables,
      String... args)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(machine);
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dio.netty.leakDetection.level=paranoid",
            "-Dio.netty.leakDetection.targetRecords=0",
            "-cp",
            classPath,
            main));
    command.addAll(List.of(args));
    ProcessBuilder process = new ProcessBuilder(command);
    process.environment().putAll(variables);
    return new LintelProcess(process.start());
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
    findLost();
    process.destroy();
  }

  /// Has the process collect what nobody holds and then take a buffer: only then does Netty report
  /// those that were lost.
  private void findLost() {
    Matcher ports = LISTENING.matcher(output());
    if (!process.isAlive() || !ports.find()) {
      return;
    }
    try {
      String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
      Process collecting =
          new ProcessBuilder(jcmd, String.valueOf(pid()), "GC.run")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!collecting.waitFor(20, TimeUnit.SECONDS)) {
        collecting.destroyForcibly();
      }
      try (Socket socket =
          new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(ports.group(1)))) {
        socket.setSoTimeout(5_000);
        socket.getOutputStream().write(HEALTH);
        socket.getInputStream().readAllBytes();
      }
    } catch (IOException _) {
      // It ends already, or lets nobody in: what it has reported so far is looked at.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void requireNothingLost() {
    String output = output();
    if (output.contains(LOST)) {
      throw new AssertionError(
          "buffers that nobody released:\n"
              + output
                  .lines()
                  .filter(line -> line.contains(LOST))
                  .collect(Collectors.joining("\n")));
    }
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
    requireNothingLost();
    return process.exitValue();
  }

  @Override
  public void close() {
    findLost();
    process.destroyForcibly();
    requireNothingLost();
  }
}
