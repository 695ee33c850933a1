package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// How long and how often Lintel asks an upstream that takes requests and never answers.
@ExtendWith(LeakCheck.class)
class UpstreamPatienceIT {
  @TempDir private Path folder;
  private ServerSocket silent;
  private final List<Socket> accepted = new CopyOnWriteArrayList<>();

  @BeforeEach
  void listen() throws IOException {
    silent = new ServerSocket(0);
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        accepted.add(silent.accept());
      }
    } catch (IOException _) {
      // the test is over
    }
  }

  @AfterEach
  void close() throws IOException {
    silent.close();
    for (Socket each : accepted) {
      each.close();
    }
  }

  @Test
  void theReadTimeoutEndsTheWaitAndAnotherEndpointIsAsked() throws Exception {
    try (IngressSite site = site("proxy-read-timeout: 1")) {
      assertThat(site.status("silent.test", "/", "-m 20")).isEqualTo("504");
      assertThat(accepted).hasSize(2);
    }
  }

  @Test
  void whereNoOtherTryIsWantedOneEndpointIsAsked() throws Exception {
    try (IngressSite site = site("proxy-read-timeout: 1", "proxy-next-upstream: off")) {
      assertThat(site.status("silent.test", "/", "-m 20")).isEqualTo("504");
      assertThat(accepted).hasSize(1);
    }
  }

  @Test
  void aPostIsSentTwiceOnlyWhereThatIsWanted() throws Exception {
    try (IngressSite site = site("proxy-read-timeout: 1")) {
      assertThat(site.status("silent.test", "/", "-m 20 -d a=b")).isEqualTo("504");
      assertThat(accepted).hasSize(1);
    }
    try (IngressSite site =
        site("proxy-read-timeout: 1", "proxy-next-upstream: error timeout non_idempotent")) {
      assertThat(site.status("silent.test", "/", "-m 20 -d a=b")).isEqualTo("504");
      assertThat(accepted).hasSize(3);
    }
  }

  private IngressSite site(String... annotations) throws Exception {
    return IngressSite.start(
        folder,
        IngressSite.service("silent", silent.getLocalPort(), "127.0.0.1", "127.0.0.2"),
        IngressSite.ingressTo("silent", "silent.test", annotations));
  }
}
