package dev.lintel.delivery;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The chart as helm renders it: the objects that an installation would create.
record Chart(List<HasMetadata> objects) {
  static final Path ROOT =
      Path.of(System.getProperty("lintel.root", "..")).toAbsolutePath().normalize();
  private static final KubernetesSerialization YAML = new KubernetesSerialization();
  private static final String HELM = System.getProperty("lintel.helm", "helm");

  /// What helm printed, and whether it succeeded.
  record Output(int status, String text) {}

  /// @param arguments helm's: `--set KEY=VALUE`, `-f FILE`
  static Chart render(String release, String... arguments) {
    Output output =
        helm(
            Stream.concat(
                Stream.of("template", release, "charts/lintel", "-n", "edge"),
                Stream.of(arguments)));
    if (output.status != 0) {
      throw new AssertionError("helm template failed: " + output.text);
    }
    List<HasMetadata> objects = new ArrayList<>();
    for (String document : output.text.split("(?m)^---$", -1)) {
      if (document.lines().anyMatch(line -> line.startsWith("kind:"))) {
        objects.add(YAML.<HasMetadata>unmarshal(document));
      }
    }
    return new Chart(List.copyOf(objects));
  }

  static Output helm(Stream<String> arguments) {
    try {
      Process process =
          new ProcessBuilder(Stream.concat(Stream.of(HELM), arguments).toList())
              .directory(ROOT.toFile())
              .redirectErrorStream(true)
              .start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Output(process.waitFor(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  <T extends HasMetadata> T only(Class<T> type) {
    List<T> found = all(type);
    if (found.size() != 1) {
      throw new AssertionError("expected one " + type.getSimpleName() + ", found " + names(type));
    }
    return found.getFirst();
  }

  <T extends HasMetadata> List<T> all(Class<T> type) {
    return objects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /// Objects of a kind whose model is not on the class path.
  List<GenericKubernetesResource> kind(String kind) {
    return all(GenericKubernetesResource.class).stream()
        .filter(o -> o.getKind().equals(kind))
        .toList();
  }

  <T extends HasMetadata> List<String> names(Class<T> type) {
    return all(type).stream().map(o -> o.getMetadata().getName()).toList();
  }
}
