package dev.lintel.proxy.exchange;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.message.Cookies;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.Method;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import dev.lintel.proxy.observe.FinishedRequest;
import dev.lintel.proxy.observe.LogFormat;
import dev.lintel.proxy.observe.ResponseFields;
import dev.lintel.proxy.observe.RouteLabels;
import dev.lintel.proxy.upstream.Attempts;
import dev.lintel.tls.ClientProof;
import org.jspecify.annotations.Nullable;

/// One exchange as log and metrics see it when it has ended. Made once per exchange.
final class Account implements FinishedRequest {
  private final Exchange exchange;
  private final ClientSide client;
  private final RequestHead request;
  private final RequestBody body;
  private final ResponseSide response;
  private final Tries tries;
  private final Attempts attempts;
  private final Slice field = new Slice();
  private final Slice user = new Slice();
  private final Slice trace = new Slice();
  private final Slice nothing = new Slice();
  private @Nullable ResponseFields sentFields;
  private @Nullable ResponseFields upstreamFields;
  private LogFormat format;
  private boolean malformed;

  Account(
      Exchange exchange,
      ClientSide client,
      RequestBody body,
      ResponseSide response,
      UpstreamSide upstream) {
    this.exchange = exchange;
    this.client = client;
    this.request = exchange.request();
    this.body = body;
    this.response = response;
    this.tries = upstream.tries();
    this.attempts = upstream.attempts();
    this.format = exchange.connection().traffic().logFormat();
  }

  /// A request begins.
  ///
  /// @param refused whether its head could not be read, so that nothing in it is of meaning
  void begin(boolean refused) {
    malformed = refused;
    format = exchange.connection().traffic().logFormat();
    user.clear();
    trace.clear();
    if (sentFields != null) {
      sentFields.clear();
    }
    if (upstreamFields != null) {
      upstreamFields.clear();
    }
  }

  /// Keeps what the log's format asks for of the response that the client gets.
  void sent(ResponseHead head) {
    HeaderName[] asked = format.sentFields();
    if (asked.length > 0) {
      ResponseFields kept = sentFields == null ? new ResponseFields() : sentFields;
      sentFields = kept;
      kept.keep(asked, head);
    }
  }

  /// The same of the upstream's response.
  void received(ResponseHead head) {
    HeaderName[] asked = format.upstreamFields();
    if (asked.length > 0) {
      ResponseFields kept = upstreamFields == null ? new ResponseFields() : upstreamFields;
      upstreamFields = kept;
      kept.keep(asked, head);
    }
  }

  @Override
  public Slice sentField(int i) {
    return sentFields == null ? nothing : sentFields.value(i);
  }

  @Override
  public Slice upstreamField(int i) {
    return upstreamFields == null ? nothing : upstreamFields.value(i);
  }

  @Override
  public Slice traceParent() {
    return trace;
  }

  @Override
  public String tlsProtocol() {
    return exchange.connection().tlsProtocol();
  }

  @Override
  public String tlsCipher() {
    return exchange.connection().tlsCipher();
  }

  @Override
  public ClientProof proof() {
    return exchange.connection().proof();
  }

  @Override
  public int port() {
    return exchange.connection().port();
  }

  void remoteUser(byte[] bytes) {
    user.set(bytes, 0, bytes.length);
  }

  void traceParent(byte[] bytes) {
    trace.set(bytes, 0, bytes.length);
  }

  LogFormat format() {
    return format;
  }

  private Slice unlessMalformed(Slice slice) {
    return malformed ? nothing : slice;
  }

  @Override
  public int httpVersion() {
    return client.httpVersion();
  }

  @Override
  public Method method() {
    return malformed ? Method.OTHER : request.method();
  }

  @Override
  public Slice methodName() {
    return unlessMalformed(request.methodName());
  }

  @Override
  public Slice target() {
    return unlessMalformed(request.target());
  }

  @Override
  public Slice host() {
    return unlessMalformed(request.host());
  }

  @Override
  public Slice authority() {
    return unlessMalformed(request.authority());
  }

  @Override
  public boolean isTls() {
    return exchange.connection().isTls();
  }

  @Override
  public boolean isSecure() {
    return exchange.isSecure();
  }

  @Override
  public Slice peerAddress() {
    return exchange.connection().peerText();
  }

  @Override
  public Slice proxiedAddress() {
    Slice proxied = exchange.connection().proxied();
    return proxied == null ? nothing : proxied;
  }

  @Override
  public Slice requestField(HeaderName name) {
    if (malformed) {
      return nothing;
    }
    request.value(name, field);
    return field;
  }

  @Override
  public Slice cookie(HeaderName name) {
    if (malformed) {
      return nothing;
    }
    Cookies.next(request, name, Cookies.FIRST, field);
    return field;
  }

  @Override
  public Slice remoteUser() {
    return user;
  }

  @Override
  public Slice clientAddress() {
    return exchange.clientText();
  }

  @Override
  public int clientPort() {
    return exchange.connection().clientPort();
  }

  @Override
  public Slice requestId() {
    return request.requestId();
  }

  @Override
  public int status() {
    return response.status();
  }

  @Override
  public @Nullable ProxyFailure failure() {
    return response.failure();
  }

  @Override
  public long requestLength() {
    return malformed ? 0 : request.length() + body.received();
  }

  @Override
  public long bytesSent() {
    return client.bytesSent();
  }

  @Override
  public long bodyBytesSent() {
    return response.bodySent();
  }

  @Override
  public long durationNanos() {
    return exchange.connection().loop().nanos() - exchange.startNanos();
  }

  @Override
  public long connection() {
    return exchange.connection().number();
  }

  @Override
  public int connectionRequests() {
    return exchange.connection().requests();
  }

  @Override
  public RouteLabels labels() {
    return exchange.route().labels();
  }

  @Override
  public int tries() {
    return tries.count();
  }

  @Override
  public byte[] upstreamAddress(int i) {
    return attempts.text(i);
  }

  @Override
  public int upstreamStatus(int i) {
    return tries.status(i);
  }

  @Override
  public long upstreamResponseLength(int i) {
    return tries.length(i);
  }

  @Override
  public long upstreamConnectNanos(int i) {
    return tries.connectNanos(i);
  }

  @Override
  public long upstreamHeaderNanos(int i) {
    return tries.headerNanos(i);
  }

  @Override
  public long upstreamResponseNanos(int i) {
    return tries.responseNanos(i);
  }

  @Override
  public int unreadyTries() {
    return attempts.unready();
  }
}
