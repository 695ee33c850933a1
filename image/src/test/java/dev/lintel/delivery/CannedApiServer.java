package dev.lintel.delivery;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/// A Kubernetes API server over fixed objects, for training: it lists them, keeps WebSocket watches
/// open and sends one event on each, says yes to every write and answers pings. It is no double of
/// the real one: nothing is tested against it.
final class CannedApiServer implements AutoCloseable {
  private static final Map<String, String> KINDS =
      Map.of(
          "namespaces", "v1 Namespace",
          "services", "v1 Service",
          "secrets", "v1 Secret",
          "configmaps", "v1 ConfigMap",
          "ingresses", "networking.k8s.io/v1 Ingress",
          "ingressclasses", "networking.k8s.io/v1 IngressClass",
          "endpointslices", "discovery.k8s.io/v1 EndpointSlice",
          "leases", "coordination.k8s.io/v1 Lease");

  private static final int LONG = 128 * 1024;

  private final SSLServerSocket socket;
  private final List<Manifests> objects;
  private final PrintStream log;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// @param log takes a line for each request
  CannedApiServer(SSLContext tls, List<Manifests> objects, PrintStream log) throws IOException {
    this.socket =
        (SSLServerSocket)
            tls.getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.objects = objects;
    this.log = log;
    threads.submit(this::accept);
  }

  /// @param certificate PEM of the certificate the server shows
  String kubeconfig(String certificate) {
    return """
        apiVersion: v1
        kind: Config
        current-context: train
        clusters:
          - name: train
            cluster:
              server: https://127.0.0.1:%d
              certificate-authority-data: %s
        contexts:
          - name: train
            context: {cluster: train, user: train, namespace: edge}
        users:
          - name: train
            user: {token: train}
        """
        .formatted(
            socket.getLocalPort(),
            Base64.getEncoder().encodeToString(certificate.getBytes(StandardCharsets.US_ASCII)));
  }

  @Override
  public void close() throws IOException {
    socket.close();
    threads.shutdownNow();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        threads.submit(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      while (true) {
        String line = line(in);
        if (line.isEmpty()) {
          return;
        }
        Map<String, String> headers = new HashMap<>();
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
          String[] pair = header.split(":\\s*", 2);
          headers.put(pair[0].toLowerCase(Locale.ROOT), pair[1]);
        }
        log.println("api: " + line);
        String body =
            new String(
                in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0"))),
                StandardCharsets.UTF_8);
        String[] request = line.split(" ");
        String path = request[1].replaceAll("\\?.*", "");
        if (headers.containsKey("upgrade")) {
          watch(in, out, headers, path);
          return;
        }
        boolean zips = headers.getOrDefault("accept-encoding", "").contains("gzip");
        send(answer(request[0], path, body), zips, out);
      }
    } catch (SocketException e) {
      log.println("api: connection ended: " + e.getMessage());
    } catch (IOException | GeneralSecurityException | InterruptedException | RuntimeException e) {
      log.println("api: " + e);
    }
  }

  /// Long ones are compressed, as by the real one.
  private static void send(Answer answer, boolean zips, OutputStream out) throws IOException {
    byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
    String encoding = "";
    if (zips && bytes.length > LONG) {
      ByteArrayOutputStream zipped = new ByteArrayOutputStream();
      try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
        zip.write(bytes);
      }
      bytes = zipped.toByteArray();
      encoding = "Content-Encoding: gzip\r\n";
    }
    out.write(
        ("HTTP/1.1 "
                + answer.status
                + " X\r\nContent-Type: application/json\r\n"
                + encoding
                + "Content-Length: "
                + bytes.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    out.write(bytes);
    out.flush();
  }

  private record Answer(int status, String body) {}

  /// A path ends with a resource, a name below it, or a subresource below that.
  private Answer answer(String method, String path, String body) {
    if (method.equals("POST") && path.contains("accessreviews")) {
      return new Answer(201, body.replaceFirst("\\}\\s*$", ",\"status\":{\"allowed\":true}}"));
    }
    if (!method.equals("GET")) {
      return new Answer(method.equals("POST") ? 201 : 200, body.isEmpty() ? "{}" : body);
    }
    String[] parts = path.split("/");
    String last = parts[parts.length - 1];
    if (path.equals("/version")) {
      return new Answer(200, "{\"major\":\"1\",\"minor\":\"37\",\"gitVersion\":\"v1.37.2\"}");
    }
    if (KINDS.containsKey(last) && !(last.equals("namespaces") && parts.length > 4)) {
      String[] kind = KINDS.get(last).split(" ");
      return new Answer(
          200,
          "{\"apiVersion\":\""
              + kind[0]
              + "\",\"kind\":\""
              + kind[1]
              + "List\",\"metadata\":{\"resourceVersion\":\"10\"},\"items\":["
              + String.join(
                  ",",
                  objects.stream()
                      .filter(o -> o.kind().equals(kind[1]))
                      .map(Manifests::text)
                      .toList())
              + "]}");
    }
    String kind =
        parts.length > 2
            ? KINDS.getOrDefault(parts[parts.length - 2], "v1 none").split(" ")[1]
            : "none";
    return objects.stream()
        .filter(o -> o.kind().equals(kind) && o.name().equals(last))
        .findFirst()
        .map(o -> new Answer(200, o.text()))
        .orElse(
            new Answer(
                404,
                "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"NotFound\",\"code\":404}"));
  }

  private void watch(DataInputStream in, OutputStream out, Map<String, String> headers, String path)
      throws IOException, GeneralSecurityException, InterruptedException {
    byte[] accept =
        MessageDigest.getInstance("SHA-1")
            .digest(
                (headers.get("sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                    .getBytes(StandardCharsets.US_ASCII));
    out.write(
        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                + Base64.getEncoder().encodeToString(accept)
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    out.flush();
    String resource = path.substring(path.lastIndexOf('/') + 1);
    String kind = KINDS.getOrDefault(resource, "v1 none").split(" ")[1];
    Thread.sleep(500);
    for (Manifests object : objects) {
      if (object.kind().equals(kind)) {
        String changed =
            object.text().replace("\"resourceVersion\":\"10\"", "\"resourceVersion\":\"11\"");
        frame(
            out,
            0x81,
            ("{\"type\":\"MODIFIED\",\"object\":" + changed + "}")
                .getBytes(StandardCharsets.UTF_8));
        break;
      }
    }
    while (true) {
      int opcode = in.readUnsignedByte() & 15;
      int length = in.readUnsignedByte() & 127;
      if (length == 126) {
        length = in.readUnsignedShort();
      }
      byte[] mask = in.readNBytes(4);
      byte[] payload = in.readNBytes(length);
      for (int i = 0; i < payload.length; i++) {
        payload[i] ^= mask[i & 3];
      }
      if (opcode == 9) {
        frame(out, 0x8a, payload);
      } else if (opcode == 8) {
        frame(out, 0x88, payload);
        return;
      }
    }
  }

  private static void frame(OutputStream out, int head, byte[] payload) throws IOException {
    out.write(head);
    if (payload.length < 126) {
      out.write(payload.length);
    } else {
      out.write(126);
      out.write(payload.length >> 8);
      out.write(payload.length);
    }
    out.write(payload);
    out.flush();
  }

  /// A line without its end; empty at the end of the stream.
  private static String line(DataInputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
