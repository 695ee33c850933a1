package dev.lintel.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is in the image archive, and what is not.
class ImageIT {
  private static final long LARGEST_ARCHIVE = 60_000_000;

  @TempDir private static Path folder;
  private static Image image;

  @BeforeAll
  static void unpack() throws IOException, InterruptedException {
    image = Image.unpack(folder);
  }

  @Test
  void archiveIsSmall() throws IOException {
    long size = Files.size(image.archive());
    System.out.printf(
        "image archive: %.1f MB (limit %d)%n", size / 1e6, LARGEST_ARCHIVE / 1_000_000);
    assertThat(size).isLessThanOrEqualTo(LARGEST_ARCHIVE);
  }

  @Test
  void containerRunsTheControllerAsAnOrdinaryUser() {
    assertThat(Image.<String>list(image.container(), "Entrypoint"))
        .containsExactly(
            "/jre/bin/java", "-XX:AOTCache=app.aot", "@jvm.args", "dev.lintel.ingress.Main");
    assertThat(Image.<String>list(image.container(), "Cmd")).containsExactly("controller");
    assertThat(image.container())
        .containsEntry("User", "65532:65532")
        .containsEntry("WorkingDir", "/app");
    assertThat(image.reference()).isEqualTo(System.getProperty("lintel.image"));
  }

  @Test
  void nothingCanBeExecutedButJavaAndTheLoader() throws IOException {
    for (Path file : image.files()) {
      if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        assertThat(image.root().relativize(file).toString())
            .matches("jre/bin/java|jre/lib/jspawnhelper|lib(64)?/ld-linux-.*");
      }
      assertThat((int) Files.getAttribute(file, "unix:mode") & 06000)
          .as("%s is setuid", file)
          .isZero();
      assertThat(file.getFileName().toString())
          .isNotIn("sh", "bash", "dash", "busybox", "keytool", "jshell");
    }
  }

  @Test
  void nativeCodeLiesUnpackedWhereJavaLooksForIt() throws IOException {
    assertThat(Files.readAllLines(image.root().resolve("app/jvm.args")))
        .contains("-Djava.library.path=native");
    assertThat(image.root().resolve("app/native").toFile().list())
        .anyMatch(name -> name.contains("netty_tcnative"))
        .anyMatch(name -> name.contains("netty_transport_native_epoll"));
    for (Path jar : jars()) {
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        assertThat(zip.stream().map(Object::toString))
            .as(jar.toString())
            .noneMatch(name -> name.endsWith(".so"));
      }
    }
  }

  @Test
  void scannersFindWhatItIsMadeOf() {
    assertThat(image.root().resolve("app/sbom.cdx.json"))
        .content()
        .contains("pkg:maven/io.netty/netty-handler@");
    for (String name : List.of("libc6", "libbrotli1", "libzstd1")) {
      assertThat(image.root().resolve("var/lib/dpkg/status.d/" + name))
          .content()
          .contains("Version: ");
      assertThat(image.root().resolve("usr/share/doc/" + name + "/copyright")).isNotEmptyFile();
    }
  }

  @Test
  void librariesOfCodingsLieWhereTheLoaderLooks() {
    assertThat(image.files().stream().map(file -> file.getFileName().toString()))
        .contains("libbrotlienc.so.1", "libbrotlicommon.so.1", "libzstd.so.1");
  }

  @Test
  void everyJarStandsOnTheClassPath() throws IOException {
    List<String> options = Files.readAllLines(image.root().resolve("app/jvm.args"));
    String classPath = options.get(options.indexOf("-cp") + 1);
    assertThat(classPath.split(":"))
        .containsExactlyInAnyOrderElementsOf(
            jars().stream().map(jar -> "lib/" + jar.getFileName()).toList());
  }

  /// The Java machine runs whatever the cache says, even over a jar that has changed since.
  @Test
  void aotCacheWasTrainedWithExactlyTheseJars() throws IOException, GeneralSecurityException {
    Map<String, String> trained = new TreeMap<>();
    for (String line : Files.readAllLines(image.root().resolve("app/app.aot.jars"))) {
      String[] pair = line.split(" +");
      trained.put(pair[1], pair[0]);
    }
    Map<String, String> shipped = new TreeMap<>();
    for (Path jar : jars()) {
      shipped.put("lib/" + jar.getFileName(), sha256(jar));
    }
    assertThat(trained.keySet()).isEqualTo(shipped.keySet());
    assertThat(trained.keySet().stream().filter(jar -> !trained.get(jar).equals(shipped.get(jar))))
        .isEmpty();
    assertThat(shipped.get("lib/lintel.jar"))
        .isEqualTo(sha256(Chart.ROOT.resolve("ingress-controller/target/lintel.jar")));
  }

  private static List<Path> jars() {
    return image.files().stream().filter(file -> file.toString().endsWith(".jar")).toList();
  }

  private static String sha256(Path file) throws IOException, GeneralSecurityException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
