package dev.lintel.ingress.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the label of a node says, over a socket.
class NodeZoneTest {
  private static final String NODE =
      "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n1\",\"labels\":"
          + "{\"topology.kubernetes.io/zone\":\"eu-1a\"}}}";
  private static final String REFUSED =
      "{\"apiVersion\":\"v1\",\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"Forbidden\","
          + "\"code\":403,\"message\":\"nodes is forbidden\"}";

  @Test
  void itIsToldOnceItMayBeRead(@TempDir Path folder) throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().getPath());
          boolean isFirst = asked.size() == 1;
          byte[] answer = (isFirst ? REFUSED : NODE).getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(isFirst ? 403 : 200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    String address = "http://127.0.0.1:" + server.getAddress().getPort();
    Path kubeconfig =
        Files.writeString(
            folder.resolve("config"),
            """
            apiVersion: v1
            kind: Config
            current-context: a
            clusters: [{name: a, cluster: {server: "%s"}}]
            contexts: [{name: a, context: {cluster: a, user: a}}]
            users: [{name: a, user: {}}]
            """
                .formatted(address));
    BlockingQueue<String> zones = new LinkedBlockingQueue<>();
    try (KubeClient client = KubeClient.connect(new ClusterAccess("", kubeconfig.toString(), ""));
        NodeZone zone = NodeZone.read(client, "n1", zones::add)) {
      assertThat(zones.poll(20, TimeUnit.SECONDS)).as("%s", zone).isEqualTo("eu-1a");
      assertThat(asked).containsExactly("/api/v1/nodes/n1", "/api/v1/nodes/n1");
    } finally {
      server.stop(0);
    }
  }
}
