package dev.lintel.delivery;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Lintel as it starts in a container: from a folder that is laid out like the image, with the
/// image's own Java runtime, class path and options.
record Product(Process process, Path output) {
  static final String MAIN = "dev.lintel.ingress.Main";

  /// Runs several command lines one after another; each ends with a signal.
  static final String REHEARSAL = "dev.lintel.ingress.Rehearsal";

  /// @param layout the image's root folder
  /// @param before put before the Java machine, for example `taskset`
  /// @param options further ones of the Java machine
  static Product start(
      Path layout, Path output, List<String> before, List<String> options, List<String> arguments)
      throws IOException {
    return start(MAIN, layout, output, before, options, arguments);
  }

  /// @param main the class to run
  static Product start(
      String main,
      Path layout,
      Path output,
      List<String> before,
      List<String> options,
      List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(layout.resolve("jre/bin/java").toString());
    command.addAll(options);
    command.add("@jvm.args");
    command.add(main);
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(layout.resolve("app").toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(Map.of("POD_NAME", "edge-0", "POD_NAMESPACE", "edge"));
    return new Product(builder.start(), output);
  }

  /// Waits until a port of 127.0.0.1 is open.
  void awaitOpen(int port, int seconds) throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (true) {
      try {
        new Socket("127.0.0.1", port).close();
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > until) {
          throw new IOException(
              "port "
                  + port
                  + " does not open; output:\n"
                  + String.join("\n", Files.readAllLines(output).stream().limit(50).toList()),
              e);
        }
        Thread.sleep(2);
      }
    }
  }

  /// Asks it to end as Kubernetes does, and waits for nothing.
  void interrupt() {
    process.destroy();
  }

  /// Ends it as Kubernetes does.
  ///
  /// @return the exit status; -1 if it had to be killed
  int stop(int seconds) throws InterruptedException {
    process.destroy();
    if (process.waitFor(seconds, TimeUnit.SECONDS)) {
      return process.exitValue();
    }
    process.destroyForcibly();
    return -1;
  }

  static int[] freePorts(int count) throws IOException {
    ServerSocket[] sockets = new ServerSocket[count];
    int[] ports = new int[count];
    for (int i = 0; i < count; i++) {
      sockets[i] = new ServerSocket(0);
      ports[i] = sockets[i].getLocalPort();
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }
}
