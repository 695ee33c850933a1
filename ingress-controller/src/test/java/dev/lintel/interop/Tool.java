package dev.lintel.interop;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Programs that Debian packages bring: whoever calls the tests makes sure that they are there.
final class Tool {
  private static final int PATIENCE_SECONDS = 60;

  private Tool() {}

  /// How a program ended, and all that it printed on stdout and stderr.
  record Ran(int code, String out) {}

  /// Runs a program to its end, with nothing to read.
  static Ran run(String... command) throws IOException, InterruptedException {
    return runOn("", command);
  }

  /// Runs a program that reads `input`.
  static Ran runOn(String input, String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("tool", ".out");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.ISO_8859_1));
      } catch (IOException _) {
        // It has ended without reading.
      }
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("still running: " + String.join(" ", command));
      }
      return new Ran(process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
    } finally {
      process.destroyForcibly();
      Files.delete(output);
    }
  }

  /// `curl`, trusting the certificates of a site and finding its hosts on this machine.
  static List<String> curl(Site site, String... arguments) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("curl", "-sS", "-m", "40", "--cacert", site.trusted().toString()));
    for (String host : site.hosts()) {
      for (int port : new int[] {site.httpPort(), site.httpsPort()}) {
        command.addAll(List.of("--resolve", host + ":" + port + ":127.0.0.1"));
      }
    }
    command.addAll(List.of(arguments));
    return command;
  }

  /// Where a program is that may be out of the way of ordinary users.
  static String path(String program) {
    for (String folder : List.of("/usr/sbin", "/usr/local/sbin", "/sbin")) {
      Path file = Path.of(folder, program);
      if (Files.isExecutable(file)) {
        return file.toString();
      }
    }
    return program;
  }
}
