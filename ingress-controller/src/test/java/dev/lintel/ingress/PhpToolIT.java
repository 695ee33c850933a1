package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// PHP behind the product, by FastCGI; `make tool-it` brings it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(LeakCheck.class)
class PhpToolIT {
  private static final String PAGE =
      """
      <?php
      header('X-Powered-By: nobody');
      if (isset($_GET['away'])) { header('Location: /there'); exit; }
      if (isset($_GET['gone'])) { http_response_code(410); }
      if (isset($_GET['warn'])) { error_log('something to say'); }
      if (isset($_GET['large'])) { for ($i = 0; $i < 3000; $i++) { echo str_repeat('x', 1000); } exit; }
      echo $_SERVER['REQUEST_METHOD'], ' ', $_SERVER['SCRIPT_NAME'], ' ', $_SERVER['REQUEST_URI'], "\\n";
      echo $_SERVER['HTTP_HOST'], ' ', $_SERVER['REMOTE_ADDR'], "\\n";
      echo strlen(file_get_contents('php://input')), ' ', $_POST['a'] ?? '', "\\n";
      """;

  @TempDir private Path scratch;
  private Process php;
  private IngressSite site;

  @BeforeAll
  void start(@TempDir Path folder, @TempDir Path pages) throws Exception {
    Files.writeString(pages.resolve("index.php"), PAGE);
    int port = FreePort.tcp();
    ProcessBuilder command = new ProcessBuilder("php-cgi", "-b", "127.0.0.1:" + port);
    command.environment().put("PHP_FCGI_CHILDREN", "4");
    command.environment().put("PHP_FCGI_MAX_REQUESTS", "10");
    php = command.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    awaitPort(port);
    String params =
        """
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {namespace: default, name: php}
        data: {SCRIPT_FILENAME: "%s$fastcgi_script_name"}
        """
            .formatted(pages);
    String[] annotations = {
      "backend-protocol: FCGI",
      "fastcgi-index: index.php",
      "fastcgi-params-configmap: php",
      "proxy-body-size: 0"
    };
    site =
        IngressSite.start(
            folder,
            params,
            IngressSite.service("php", port, "127.0.0.1"),
            IngressSite.ingressTo("php", "php.test", annotations),
            IngressSite.ingressTo("php", "kept.test", annotations)
                .replace(
                    "kubernetes.io/description: \"a case\"",
                    "lintel.dev/fastcgi-keep-connections: \"true\""));
  }

  private static void awaitPort(int port) throws Exception {
    for (int i = 0; i < 250; i++) {
      try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException _) {
        Thread.sleep(20);
      }
    }
    throw new AssertionError("php-cgi does not listen");
  }

  @AfterAll
  void stop() throws Exception {
    site.close();
    php.descendants().forEach(ProcessHandle::destroy);
    php.destroy();
    php.waitFor(10, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2-prior-knowledge"})
  void aPageIsServed(String protocol) throws Exception {
    assertThat(site.answer("php.test", "/?b=c", protocol))
        .contains(" 200")
        .containsIgnoringCase("x-powered-by: nobody")
        .containsIgnoringCase("content-type: text/html")
        .contains("GET /index.php /?b=c\n", "php.test 127.0.0.1\n");
    assertThat(site.answer("php.test", "/index.php", protocol + " -d a=posted"))
        .contains("POST /index.php /index.php\n", "8 posted\n");
    assertThat(site.answer("php.test", "/?away", protocol))
        .contains(" 302")
        .containsIgnoringCase("location: /there");
    assertThat(site.answer("php.test", "/?gone&warn", protocol)).contains(" 410");
    assertThat(site.answer("php.test", "/none.php", protocol)).contains(" 404");
    assertThat(site.answer("php.test", "/?gone", protocol + " -I")).contains(" 410");
    assertThat(site.answer("php.test", "/?large", protocol).length()).isGreaterThan(3_000_000);
    Path large = Files.write(scratch.resolve("large"), new byte[2_000_000]);
    assertThat(
            site.answer(
                "php.test",
                "/",
                protocol + " -H 'Expect:' -H 'Content-Type: a/b' --data-binary @" + large))
        .contains("2000000 \n");
  }

  /// Processes end after ten requests, and with them connections that wait.
  @Test
  void noGetFailsOverConnectionsThatEnd() throws Exception {
    for (int i = 0; i < 60; i++) {
      assertThat(site.status("kept.test", "/", "")).isEqualTo("200");
    }
  }
}
