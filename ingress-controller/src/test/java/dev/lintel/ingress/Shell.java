package dev.lintel.ingress;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Runs commands as a user pastes them, and `curl` for single requests: it resolves names below
/// `.localhost` by itself.
public final class Shell {
  private Shell() {}

  /// What a command printed on stdout.
  public static String run(String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(List.of("bash", "-c", command))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return out;
  }

  /// The status code of one request; 000 where there was no answer.
  public static String status(String curlArguments) throws IOException, InterruptedException {
    return run("curl -s -m 20 -o /dev/null -w '%{http_code}' " + curlArguments);
  }

  /// Head and body of one response.
  public static String answer(String curlArguments) throws IOException, InterruptedException {
    return run("curl -s -i -m 20 " + curlArguments);
  }
}
