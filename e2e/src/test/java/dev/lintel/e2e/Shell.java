package dev.lintel.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs a program to its end and returns what it printed; fails with that text if it fails or
/// outlives its limit.
final class Shell {
  private Shell() {}

  static String run(Duration limit, List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      Thread killer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                        process.destroyForcibly();
                      }
                    } catch (InterruptedException end) {
                      Thread.currentThread().interrupt();
                    }
                  });
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      int status = process.waitFor();
      killer.interrupt();
      if (status != 0) {
        throw new AssertionError(
            String.join(" ", command) + " ended with status " + status + ":\n" + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
