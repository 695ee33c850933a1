package dev.lintel.ingress;

import dev.lintel.ingress.demo.EchoBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/// A copy of `examples/demo` whose Services live on free ports of this machine.
public final class DemoFolder {
  private static final List<String> PORTS = List.of("18081", "18082", "18083");

  private DemoFolder() {}

  /// Copies the manifests into `directory` and has `backends` name the ports they shall use.
  ///
  /// @param ports instead of the three written there, in their order
  public static Path copy(Path directory, List<Integer> ports) throws IOException {
    Path demo = root().resolve("examples/demo");
    try (Stream<Path> files = Files.list(demo)) {
      for (Path file : files.toList()) {
        String text = Files.readString(file);
        for (int i = 0; i < PORTS.size(); i++) {
          text = text.replace(PORTS.get(i), String.valueOf(ports.get(i)));
        }
        Files.writeString(directory.resolve(file.getFileName().toString()), text);
      }
    }
    return directory;
  }

  /// Backends on free ports: shop, cart, hello.
  public static List<EchoBackend> backends() throws IOException {
    return List.of(backend("shop"), backend("cart"), backend("hello"));
  }

  private static EchoBackend backend(String name) throws IOException {
    return new EchoBackend(name, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /// Puts a whole file in place by one rename, as editors and deployments do.
  public static void put(Path directory, String name, String text) throws IOException {
    Path draft = Files.createTempFile(directory.toAbsolutePath().getParent(), "draft", ".tmp");
    Files.writeString(draft, text);
    Files.move(draft, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /// The root of the project.
  static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("Makefile")) || Files.exists(here.resolve("examples"))
        ? here
        : here.getParent();
  }
}
