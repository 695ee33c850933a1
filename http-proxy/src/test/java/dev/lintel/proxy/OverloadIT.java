package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A proxy that runs short of connections, as an example of everything it may run short of.
@ExtendWith(LeakCheck.class)
class OverloadIT {
  private static final int MOST = 20;
  private static final int ASKED = 400;
  private static final int PAUSE_MILLIS = 50;

  @Test
  void refusesWhenItIsFullAndServesAgainWhenItIsNot() throws Exception {
    try (Backend backend = Backend.saying("ok");
        TestProxy proxy = new TestProxy(1, MOST, backend)) {
      List<TestClient> clients = new ArrayList<>();
      for (int i = 0; i < MOST * 19 / 20; i++) {
        TestClient client = proxy.client();
        clients.add(client);
        assertThat(client.get("/").status()).isEqualTo(200);
      }
      TestClient.Response refused = firstOther(clients, 200);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.has("Retry-After: 1")).isTrue();
      assertThat(refused.has("Connection: close")).isTrue();
      assertThat(metrics(proxy)).contains("lintel_overload_stage 3.0", "resource=\"connections\"");
      for (TestClient client : clients) {
        client.close();
      }
      assertThat(awaitService(proxy)).as("served again").isTrue();
    }
  }

  /// The first response with another status, while the clients ask one after another; who was told
  /// to leave is left out.
  private static TestClient.Response firstOther(List<TestClient> clients, int status)
      throws Exception {
    List<TestClient> left = new ArrayList<>(clients);
    for (int i = 0; i < ASKED; i++) {
      TestClient.Response response = left.get(i % left.size()).get("/");
      if (response.status() != status) {
        return response;
      }
      if (response.has("Connection: close")) {
        throw new IOException("closed before it was refused");
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    throw new IOException("nothing but " + status);
  }

  /// Whether a new connection is served before long.
  private static boolean awaitService(TestProxy proxy) throws Exception {
    for (int i = 0; i < ASKED; i++) {
      try (TestClient late = proxy.client()) {
        if (late.get("/").status() == 200) {
          return true;
        }
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    return false;
  }

  private static String metrics(TestProxy proxy) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    proxy.server.metrics().write(out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
