package dev.lintel.ingress;

import dev.lintel.ingress.demo.EchoBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Some backends on one port of several loopback addresses, called `pod1`, `pod2` …, and the file
/// that says which of them a Service has.
final class Pods implements AutoCloseable {
  private final Path folder;
  private final String service;
  private final List<EchoBackend> backends = new ArrayList<>();
  private final int port;

  /// Starts them; all of them belong to the Service.
  ///
  /// @param folder that of the manifests
  Pods(Path folder, String service, int count) throws IOException {
    this.folder = folder;
    this.service = service;
    EchoBackend first = backend(1, 0);
    this.port = first.port();
    backends.add(first);
    for (int i = 2; i <= count; i++) {
      backends.add(backend(i, port));
    }
    int[] all = new int[count];
    Arrays.setAll(all, i -> i + 1);
    use(all);
  }

  private static EchoBackend backend(int number, int port) throws IOException {
    return new EchoBackend(
        "pod" + number, new InetSocketAddress(InetAddress.ofLiteral(address(number)), port));
  }

  static String address(int number) {
    return "127.0.0." + (10 + number);
  }

  /// The port of all of them.
  int port() {
    return port;
  }

  /// Has the Service consist of these from now on, as soon as the file was read.
  void use(int... numbers) throws IOException {
    String[] addresses = Arrays.stream(numbers).mapToObj(Pods::address).toArray(String[]::new);
    Path made = Files.createTempFile(folder.getParent(), service, ".tmp");
    Files.writeString(made, IngressSite.service(service, port, addresses));
    Files.move(made, folder.resolve(service + ".yaml"), StandardCopyOption.ATOMIC_MOVE);
  }

  /// Ends one that stays a part of the Service.
  void stop(int number) {
    backends.get(number - 1).close();
  }

  @Override
  public void close() {
    backends.forEach(EchoBackend::close);
  }
}
