package dev.lintel.tls;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// A responder of OCSP on loopback that answers as it is told, with the key of an authority.
public final class TestResponder implements AutoCloseable {
  private static final Duration DAY = Duration.ofDays(1);

  private final HttpServer server;
  private final CountDownLatch end = new CountDownLatch(1);

  /// How many questions came.
  public final AtomicInteger questions = new AtomicInteger();

  /// Whose key signs.
  public volatile TestAuthority signer;

  /// Whether certificates are told to be revoked.
  public volatile boolean revokes;

  /// Whether questions are left without an answer.
  public volatile boolean hangs;

  /// The status of answers.
  public volatile int status = 200;

  /// How long answers hold.
  public volatile Duration validity = DAY;

  /// The last answer.
  public volatile byte[] answer = {};

  /// Answers for an authority.
  public TestResponder(TestAuthority authority) throws IOException {
    signer = authority;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  /// Where it listens.
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/ocsp";
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      questions.incrementAndGet();
      if (hangs) {
        end.await();
      }
      byte[] question = exchange.getRequestBody().readAllBytes();
      boolean fits =
          exchange.getRequestMethod().equals("POST")
              && exchange.getRequestURI().getPath().equals("/ocsp")
              && "application/ocsp-request"
                  .equals(exchange.getRequestHeaders().getFirst("Content-Type"));
      answer = answerTo(question);
      exchange.sendResponseHeaders(fits ? status : 400, answer.length);
      exchange.getResponseBody().write(answer);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// RFC 6960, 4.2.1.
  private byte[] answerTo(byte[] question) {
    Der at = Der.over(question);
    for (int level = 0; level < 4; level++) { // request, its text, the list, the first of it
      boolean _ = at.next();
      at = at.inside();
    }
    boolean _ = at.next();
    byte[] certificate = at.whole();
    byte[] status = revokes ? Der.of(0xa1, time(Instant.now().minus(DAY))) : Der.of(0x80);
    byte[] single =
        Der.of(
            Der.SEQUENCE,
            certificate,
            status,
            time(Instant.now().minusSeconds(5)),
            Der.of(0xa0, time(Instant.now().plus(validity))));
    byte[] data =
        Der.of(
            Der.SEQUENCE,
            Der.of(0xa2, Der.of(Der.OCTET_STRING, keyHash())),
            time(Instant.now()),
            Der.of(Der.SEQUENCE, single));
    byte[] basic =
        Der.of(
            Der.SEQUENCE,
            Der.oid(1, 3, 6, 1, 5, 5, 7, 48, 1, 1),
            Der.of(Der.OCTET_STRING, signer.signed(data)));
    return Der.of(Der.SEQUENCE, Der.of(0x0a, new byte[] {0}), Der.of(0xa0, basic));
  }

  private byte[] keyHash() {
    Der key = Der.over(signer.certificate().getPublicKey().getEncoded());
    boolean _ = key.next();
    Der parts = key.inside();
    boolean _ = parts.next();
    boolean _ = parts.next();
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      sha1.update(parts.value(), 1, parts.value().length - 1);
      return sha1.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] time(Instant instant) {
    return Der.text(
        Der.GENERALIZED_TIME,
        DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC)
            .format(instant));
  }

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
  }
}
