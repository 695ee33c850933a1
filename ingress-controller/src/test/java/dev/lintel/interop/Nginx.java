package dev.lintel.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// An nginx of its own in a folder: files to fetch and to put, connections that end after few
/// requests, HTTP/1.1 on one port and HTTP/2 with prior knowledge on another.
final class Nginx implements AutoCloseable {
  /// So many requests a connection of HTTP/1.1 serves. One of HTTP/2 serves as many as nginx allows
  /// of its own accord, a thousand.
  private static final int REQUESTS = 20;

  private static final String CONFIG =
      """
      daemon off;
      master_process off;
      pid @/nginx.pid;
      error_log @/error.log;
      events { worker_connections 512; }
      http {
        access_log off;
        keepalive_timeout 1s;
        client_max_body_size 0;
        client_body_temp_path @/body;
        proxy_temp_path @/proxy;
        fastcgi_temp_path @/fastcgi;
        uwsgi_temp_path @/uwsgi;
        scgi_temp_path @/scgi;
        default_type text/plain;
        root @/www;
        server {
          listen 127.0.0.1:%d;
          keepalive_requests %d;
          include @/locations;
        }
        server {
          listen 127.0.0.1:%d http2;
          include @/locations;
        }
      }
      """;

  private static final String LOCATIONS =
      """
      location / { }
      location /say { return 200 "$server_protocol $request_method $host $http_x_forwarded_proto"; }
      location /put/ { dav_methods PUT DELETE; create_full_put_path on; }
      """;

  private final Process process;
  private final int http1;
  private final int http2;

  /// @param folder an empty one
  Nginx(Path folder) throws IOException, InterruptedException {
    try (ServerSocket one = free();
        ServerSocket two = free()) {
      http1 = one.getLocalPort();
      http2 = two.getLocalPort();
    }
    Files.createDirectories(folder.resolve("www/put"));
    Path config = folder.resolve("nginx.conf");
    Files.writeString(
        config, CONFIG.formatted(http1, REQUESTS, http2).replace("@", folder.toString()));
    Files.writeString(folder.resolve("locations"), LOCATIONS);
    process =
        new ProcessBuilder(
                Tool.path("nginx"),
                "-p",
                folder.toString(),
                "-e",
                folder.resolve("error.log").toString(),
                "-c",
                config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("nginx.out").toFile())
            .start();
    await(folder);
  }

  private static ServerSocket free() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private void await(Path folder) throws IOException, InterruptedException {
    for (int i = 0; i < 200 && process.isAlive(); i++) {
      try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), http2)) {
        return;
      } catch (IOException _) {
        Thread.sleep(50);
      }
    }
    throw new AssertionError(
        "nginx does not serve: "
            + Files.readString(folder.resolve("nginx.out"), StandardCharsets.UTF_8));
  }

  int http1Port() {
    return http1;
  }

  int http2Port() {
    return http2;
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
