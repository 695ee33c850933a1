package dev.lintel.proxy.observe;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.Method;
import dev.lintel.proxy.message.Slice;
import dev.lintel.tls.ClientProof;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A finished request whose parts a test sets.
final class SampleRequest implements FinishedRequest {
  private static final byte[] REFERER = ascii("referer");
  private static final byte[] USER_AGENT = ascii("user-agent");
  private static final byte[] ROUTE = ascii("route");
  private static final Slice KEY = Slice.of("k");
  private static final Slice NOTHING = new Slice();

  Method method = Method.GET;
  Slice methodName = Slice.of("GET");
  Slice target = Slice.of("/cart?item=7");
  Slice[] fields = {Slice.of("https://shop.example.com/"), Slice.of("curl/8.9.1")};
  Slice remoteUser = new Slice();
  Slice host = Slice.of("shop.example.com");
  Slice clientAddress = Slice.of("203.0.113.9");
  RouteLabels labels =
      new RouteLabels(
          "shop.example.com", "/", "default", "shop", "shop", "", "80", "default-shop-80");
  @Nullable ProxyFailure failure;
  int status = 200;
  int version = 11;
  int tries = 1;
  long durationNanos = 12_345_678;
  final byte[][] addresses = {ascii("10.0.0.7:8080"), ascii("10.0.0.8:8080")};
  final int[] statuses = {200, 200};
  final long[] lengths = {612, 612};
  final long[] responseNanos = {11_000_000, 1_000_000};
  final long[] connectNanos = {1_000_000, 0};
  final Slice trace = new Slice();
  final ResponseFields sent = new ResponseFields();
  final ResponseFields received = new ResponseFields();

  private final Slice authority = Slice.of("Shop.example.com:8443");
  private final Slice requestId = Slice.of("0123456789abcdef0123456789abcdef");

  @Override
  public int httpVersion() {
    return version;
  }

  @Override
  public Method method() {
    return method;
  }

  @Override
  public Slice methodName() {
    return methodName;
  }

  @Override
  public Slice target() {
    return target;
  }

  @Override
  public Slice host() {
    return host;
  }

  @Override
  public Slice authority() {
    return authority;
  }

  @Override
  public boolean isTls() {
    return true;
  }

  @Override
  public Slice requestField(HeaderName name) {
    if (is(name, REFERER)) {
      return fields[0];
    }
    return is(name, USER_AGENT) ? fields[1] : NOTHING;
  }

  @Override
  public Slice cookie(HeaderName name) {
    return is(name, ROUTE) ? KEY : NOTHING;
  }

  /// Without an object, as in the product.
  private static boolean is(HeaderName name, byte[] text) {
    return name.matches(text, 0, text.length);
  }

  @Override
  public Slice remoteUser() {
    return remoteUser;
  }

  @Override
  public boolean isSecure() {
    return true;
  }

  @Override
  public Slice peerAddress() {
    return Slice.of("10.0.0.1");
  }

  @Override
  public Slice proxiedAddress() {
    return new Slice();
  }

  @Override
  public Slice clientAddress() {
    return clientAddress;
  }

  @Override
  public Slice sentField(int i) {
    return sent.value(i);
  }

  @Override
  public Slice upstreamField(int i) {
    return received.value(i);
  }

  @Override
  public Slice traceParent() {
    return trace;
  }

  @Override
  public String tlsProtocol() {
    return "TLSv1.3";
  }

  @Override
  public String tlsCipher() {
    return "TLS_AES_128_GCM_SHA256";
  }

  @Override
  public ClientProof proof() {
    return ClientProof.NONE;
  }

  @Override
  public int port() {
    return 8443;
  }

  @Override
  public int clientPort() {
    return 50123;
  }

  @Override
  public Slice requestId() {
    return requestId;
  }

  @Override
  public int status() {
    return status;
  }

  @Override
  public @Nullable ProxyFailure failure() {
    return failure;
  }

  @Override
  public long requestLength() {
    return 345;
  }

  @Override
  public long bytesSent() {
    return 800;
  }

  @Override
  public long bodyBytesSent() {
    return 612;
  }

  @Override
  public long durationNanos() {
    return durationNanos;
  }

  @Override
  public long connection() {
    return 17;
  }

  @Override
  public int connectionRequests() {
    return 3;
  }

  @Override
  public RouteLabels labels() {
    return labels;
  }

  @Override
  public int tries() {
    return tries;
  }

  @Override
  public byte[] upstreamAddress(int i) {
    return addresses[i];
  }

  @Override
  public int upstreamStatus(int i) {
    return statuses[i];
  }

  @Override
  public long upstreamResponseLength(int i) {
    return lengths[i];
  }

  @Override
  public long upstreamConnectNanos(int i) {
    return connectNanos[i];
  }

  @Override
  public long upstreamHeaderNanos(int i) {
    return responseNanos[i];
  }

  @Override
  public long upstreamResponseNanos(int i) {
    return responseNanos[i];
  }

  @Override
  public int unreadyTries() {
    return 0;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
