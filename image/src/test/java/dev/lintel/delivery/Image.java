package dev.lintel.delivery;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The image archive, unpacked as a container runtime unpacks it.
///
/// @param root the container's root folder
/// @param reference what the archive says the image is called
/// @param config the OCI image configuration
record Image(Path archive, Path root, String reference, Map<String, Object> config) {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  static Image unpack(Path folder) throws IOException, InterruptedException {
    Path archive =
        Path.of(System.getProperty("lintel.archive", "image/target/lintel-image.tar"))
            .toAbsolutePath();
    Path oci = Files.createDirectories(folder.resolve("oci"));
    Path root = Files.createDirectories(folder.resolve("root"));
    untar(archive, oci);
    Map<String, Object> entry =
        Image.<Map<String, Object>>list(json(oci.resolve("index.json")), "manifests").getFirst();
    Map<String, Object> manifest = json(blob(oci, entry));
    for (Map<String, Object> layer : Image.<Map<String, Object>>list(manifest, "layers")) {
      untar(blob(oci, layer), root);
    }
    String reference = (String) map(entry, "annotations").get("org.opencontainers.image.ref.name");
    return new Image(archive, root, reference, json(blob(oci, map(manifest, "config"))));
  }

  /// The part of the configuration that says how a container starts.
  Map<String, Object> container() {
    return map(config, "config");
  }

  List<Path> files() {
    try (Stream<Path> walk = Files.walk(root)) {
      return walk.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path blob(Path oci, Map<String, Object> descriptor) {
    return oci.resolve("blobs").resolve(((String) descriptor.get("digest")).replace(':', '/'));
  }

  private static void untar(Path archive, Path into) throws IOException, InterruptedException {
    Process tar =
        new ProcessBuilder(
                "tar",
                "-xpf",
                archive.toString(),
                "--no-same-owner",
                "--warning=no-unknown-keyword",
                "-C",
                into.toString())
            .inheritIO()
            .start();
    if (tar.waitFor() != 0) {
      throw new IOException("tar cannot unpack " + archive);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> json(Path file) throws IOException {
    return JSON.unmarshal(Files.readString(file), Map.class);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Map<String, Object> in, String key) {
    return (Map<String, Object>) in.get(key);
  }

  @SuppressWarnings("unchecked")
  static <T> List<T> list(Map<String, Object> in, String key) {
    return (List<T>) in.get(key);
  }
}
