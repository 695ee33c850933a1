package dev.lintel.ingress.compile;

import dev.lintel.ingress.folder.ManifestReader;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ObjectStore;
import dev.lintel.ingress.snapshot.ObjectView;
import dev.lintel.tls.InvalidKeyMaterial;
import dev.lintel.tls.KeyMaterial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Manifests and flags as tests write them, made ready for the compiler.
final class CompileCase {
  static final Path GOLDEN = root().resolve("src/test/golden");

  /// The moment of every test: the certificate `expired` is over, all others are valid.
  static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  private static final Pattern FLAG = Pattern.compile("--([-a-z]+)(?:=(\\S+))?");

  private CompileCase() {}

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<ObjectView> objects(String manifests) {
    ManifestReader.Manifests read = ManifestReader.read("case.yaml", manifests);
    List<Problem> problems = read.problems();
    if (!problems.isEmpty()) {
      throw new AssertionError("the case itself cannot be read: " + problems);
    }
    return read.objects();
  }

  /// The objects that every case sees: an IngressClass, some Services and certificates.
  static List<ObjectView> cluster() {
    return objects(text(GOLDEN.resolve("cluster.yaml")));
  }

  static KubernetesSnapshot snapshot(List<ObjectView> objects) {
    ObjectStore store = new ObjectStore(() -> {});
    store.change(edit -> objects.forEach(edit::put));
    return store.snapshot();
  }

  static CompileOptions options() {
    return CompileOptions.usual(selfMade(), NOW);
  }

  /// Options as a line `--flag --flag=value` says, under the names of the command line.
  static CompileOptions options(String flags) {
    CompileOptions usual = options();
    Flags given = new Flags(flags);
    return new CompileOptions(
        given.text("ingress-class", "nginx"),
        given.text("controller-class", "k8s.io/ingress-nginx"),
        given.isOn("ingress-class-by-name"),
        given.isOn("watch-ingress-without-class"),
        given.text("watch-namespace", ""),
        LabelSelector.parse(given.text("watch-namespace-selector", "")),
        given.isOn("disable-catch-all"),
        given.isOn("disable-svc-external-name"),
        given.key("default-backend-service"),
        given.key("default-ssl-certificate"),
        given.key("configmap"),
        given.text("annotations-prefix", "nginx.ingress.kubernetes.io") + "/",
        usual.selfMade(),
        usual.now(),
        new L4Options(
            given.key("tcp-services-configmap"),
            given.key("udp-services-configmap"),
            given.isOn("enable-ssl-passthrough"),
            Set.of(80, 443)));
  }

  /// A pair that stays the same, so that plans that print it do.
  private static KeyMaterial selfMade() {
    try {
      return KeyMaterial.parse(
          Files.readAllBytes(GOLDEN.resolve("self-made.crt")),
          Files.readAllBytes(GOLDEN.resolve("self-made.key")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InvalidKeyMaterial e) {
      throw new AssertionError(e);
    }
  }

  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("src/test/golden"))
        ? here
        : here.resolve("ingress-controller");
  }

  private record Flags(String line) {
    boolean isOn(String name) {
      return text(name, "absent").equals("true");
    }

    String text(String name, String otherwise) {
      Matcher matcher = FLAG.matcher(line);
      while (matcher.find()) {
        if (matcher.group(1).equals(name)) {
          return matcher.group(2) == null ? "true" : matcher.group(2);
        }
      }
      return otherwise;
    }

    @Nullable ObjectKey key(String name) {
      String text = text(name, "");
      int slash = text.indexOf('/');
      return slash < 0 ? null : new ObjectKey(text.substring(0, slash), text.substring(slash + 1));
    }
  }
}
