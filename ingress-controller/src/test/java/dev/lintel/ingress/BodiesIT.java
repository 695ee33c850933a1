package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What manifests say of bodies, asked for with curl.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class BodiesIT {
  private static final String ASKS = " -H 'Accept-Encoding: gzip' ";
  private static final String LONG_ANSWER = " -H 'X-Long: " + "a".repeat(3_000) + "' ";
  private static final double SECOND = 1e9;

  private IngressSite site;
  private Path upload;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    Path manifests = Files.createDirectory(folder.resolve("manifests"));
    site =
        IngressSite.start(
            manifests,
            IngressSite.config(
                "use-gzip: \"true\"",
                "gzip-disable: Old",
                "enable-brotli: \"true\"",
                "brotli-min-length: \"2000\"",
                "enable-zstd: \"true\""),
            IngressSite.ingress("web.test"),
            IngressSite.ingress("account.test")
                .replace("annotations:\n", "annotations:\n    lintel.dev/compression: 'false'\n"),
            IngressSite.ingress("slow.test", "limit-rate: 1", "limit-rate-after: 1"),
            IngressSite.ingress(
                "whole.test", "proxy-request-buffering: on", "client-body-buffer-size: 1"),
            IngressSite.ingress("kept.test", "proxy-buffering: on", "proxy-buffers-number: 8"));
    upload = folder.resolve("upload");
    Files.writeString(upload, "a".repeat(500_000));
  }

  @AfterAll
  void stop() {
    site.close();
  }

  @Test
  void answersAreCompressedForWhoAsks() throws Exception {
    assertThat(
            site.answer("web.test", "/", LONG_ANSWER + ASKS + "--compressed -H 'User-Agent: New'"))
        .startsWith("HTTP/1.1 200")
        .contains("Content-Encoding: gzip\r\n", "Vary: Accept-Encoding\r\n", "answered by web");
    assertThat(site.answer("web.test", "/", LONG_ANSWER))
        .contains("Vary: Accept-Encoding\r\n", "answered by web")
        .doesNotContain("Content-Encoding: gzip");
    assertThat(site.answer("web.test", "/", LONG_ANSWER + ASKS + "-H 'User-Agent: old/1'"))
        .contains("answered by web")
        .doesNotContain("Content-Encoding: gzip");
    assertThat(site.answer("account.test", "/", LONG_ANSWER + ASKS))
        .contains("answered by web")
        .doesNotContain("Content-Encoding: gzip", "Vary");
  }

  @Test
  void eachClientGetsTheCodingThatItLikesMost() throws Exception {
    // All of them, the same for each.
    assertThat(site.answer("web.test", "/", LONG_ANSWER + "--compressed"))
        .contains("Content-Encoding: br\r\n", "Vary: Accept-Encoding\r\n", "answered by web");
    String better = "-H 'Accept-Encoding: br;q=0.5, zstd, gzip;q=0.9' --compressed";
    assertThat(site.answer("web.test", "/", LONG_ANSWER + better))
        .contains("Content-Encoding: zstd\r\n", "Vary: Accept-Encoding\r\n", "answered by web");
    // Too short for Brotli.
    String shorter = " -H 'X-Long: " + "a".repeat(1_000) + "' ";
    assertThat(site.answer("web.test", "/", shorter + "--compressed"))
        .contains("Content-Encoding: zstd\r\n", "answered by web");
    assertThat(site.answer("account.test", "/", LONG_ANSWER + "--compressed"))
        .contains("answered by web")
        .doesNotContain("Content-Encoding", "Vary");
  }

  @Test
  void anAnswerTakesItsTime() throws Exception {
    long start = System.nanoTime();
    assertThat(site.answer("slow.test", "/", LONG_ANSWER)).contains("a".repeat(3_000));
    assertThat((System.nanoTime() - start) / SECOND).isBetween(1.5, 8.0);
  }

  @Test
  void aBodyIsReadWholeAndHasALength() throws Exception {
    String chunked = " -H 'Transfer-Encoding: chunked' --data-binary @" + upload;
    assertThat(site.answer("whole.test", "/", chunked))
        .contains("HTTP/1.1 200", "Content-length: 500000")
        .doesNotContain("Transfer-encoding: chunked");
    assertThat(site.answer("web.test", "/", chunked)).doesNotContain("Content-length: 500000");
  }

  @Test
  void aKeptAnswerIsTheSame() throws Exception {
    assertThat(site.answer("kept.test", "/", LONG_ANSWER)).contains("a".repeat(3_000));
  }
}
