package dev.lintel.e2e;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A running load generator (`e2e/load`): a constant rate of GET and POST requests by clients that
/// never send one twice. Ends with `stop()`, which returns the counts.
final class Load implements AutoCloseable {
  /// What was counted so far. `failed` is out of `sent`, and `mixed` of `failed`: those that got
  /// the answer to another request; serials are of the certificates served.
  record Counts(
      boolean done,
      double seconds,
      int sent,
      int failed,
      int mixed,
      Map<String, Kind> kinds,
      Map<String, Integer> serials,
      Map<String, Integer> pods,
      Map<String, Integer> versions,
      WebSockets webSockets,
      List<String> failures) {

    String text() {
      StringBuilder text = new StringBuilder();
      text.append(sent).append(" requests in ").append(Math.round(seconds)).append(" s, ");
      text.append(failed).append(" failed [");
      kinds.forEach((name, k) -> text.append(name).append(": ").append(k).append("; "));
      return text.append("] WebSockets: ").append(webSockets).toString();
    }
  }

  record Kind(int get, int post, int failed, int connections, long slowestMs) {
    @Override
    public String toString() {
      return get
          + " GET, "
          + post
          + " POST, "
          + failed
          + " failed, "
          + connections
          + " connections, slowest "
          + slowestMs
          + " ms";
    }
  }

  record WebSockets(int opened, int cut, int messages) {
    @Override
    public String toString() {
      return opened + " opened, " + cut + " cut, " + messages + " messages";
    }
  }

  private final Process process;
  private final Thread reader;
  private volatile @Nullable Counts latest;

  private Load(Process process) {
    this.process = process;
    this.reader = Thread.ofVirtual().start(this::read);
  }

  /// Starts the program with its own flags (see `load -h`) against the load balancer.
  static Load start(Path program, Web target, String... flags) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of("-http", target.address() + ":" + target.httpPort()));
    command.addAll(List.of("-https", target.address() + ":" + target.httpsPort()));
    command.addAll(List.of(flags));
    try {
      return new Load(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        latest = Serialization.unmarshal(line, Counts.class);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The newest counts; they come once a second.
  Counts now() {
    Counts counts = latest;
    if (counts == null) {
      throw new IllegalStateException("no counts yet");
    }
    return counts;
  }

  /// Waits until requests flow, so that what follows happens under load.
  Load awaitFlow() {
    Await.until("the load flows", Duration.ofSeconds(10), () -> now().sent() > 0);
    return this;
  }

  Counts stop() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the load generator does not end");
      }
      reader.join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    if (!now().done()) {
      throw new AssertionError("the load generator broke off after " + now());
    }
    return now();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
