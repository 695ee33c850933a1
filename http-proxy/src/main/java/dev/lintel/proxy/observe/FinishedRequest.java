package dev.lintel.proxy.observe;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.Method;
import dev.lintel.proxy.message.Slice;
import dev.lintel.tls.ClientProof;
import org.jspecify.annotations.Nullable;

/// A request that has ended, as the log and the metrics see it. Read on its loop, within the call
/// that hands it over; views are not kept.
///
/// Durations are nanoseconds, -1 where the event did not happen. An upstream try that is not there
/// (`i >= tries()`) is not asked for.
public interface FinishedRequest {
  /// The protocol's version: 10, 11, 20 or 30.
  int httpVersion();

  /// The method, as far as it is known.
  Method method();

  /// The method's bytes as they came.
  Slice methodName();

  /// The target's bytes as they came, empty where no request line was read.
  Slice target();

  /// The host in lower case without its port, empty where there is none.
  Slice host();

  /// Host and port as they came.
  Slice authority();

  /// Whether the client came over TLS.
  boolean isTls();

  /// Whether the client spoke TLS with whoever stands first, as a trusted proxy in front says.
  boolean isSecure();

  /// The address of the other end of the connection, as text: of a proxy in front, where there is
  /// one.
  Slice peerAddress();

  /// The client's address by the PROXY header of the connection, empty where it had none.
  Slice proxiedAddress();

  /// The value of the request's first field of that name, empty where it had none.
  Slice requestField(HeaderName name);

  /// The value of the request's first cookie of that name, empty where it had none.
  Slice cookie(HeaderName name);

  /// The user who was authenticated, empty for none.
  Slice remoteUser();

  /// Field `i` of [LogFormat#sentFields], empty where the answer had none.
  Slice sentField(int i);

  /// Field `i` of [LogFormat#upstreamFields], empty where the upstream's last response had none.
  Slice upstreamField(int i);

  /// What the upstream was told of the trace it belongs to (`traceparent`); empty where it is not
  /// traced.
  Slice traceParent();

  /// The protocol of TLS, e.g. `TLSv1.3`; empty without TLS.
  String tlsProtocol();

  /// The cipher of TLS under OpenSSL's name; empty without TLS.
  String tlsCipher();

  /// What the client's certificate proved, if one was asked for.
  ClientProof proof();

  /// The client's address as text.
  Slice clientAddress();

  /// The port that the client connected to.
  int port();

  /// The client's port.
  int clientPort();

  /// The value of X-Request-ID.
  Slice requestId();

  /// The status sent, or that would have been sent (499).
  int status();

  /// What failed, or null.
  @Nullable ProxyFailure failure();

  /// Bytes of head and body received.
  long requestLength();

  /// Bytes of head and body sent.
  long bytesSent();

  /// Bytes of the body sent.
  long bodyBytesSent();

  /// From the first byte of the request to the last of the answer.
  long durationNanos();

  /// The number of the connection, counted from the start of the process.
  long connection();

  /// How many requests the connection has had, this one included.
  int connectionRequests();

  /// What logs and metrics call the route; [RouteLabels#NONE] where none matched.
  RouteLabels labels();

  /// How many endpoints were tried.
  int tries();

  /// The address of try `i` as text, e.g. `10.0.0.7:8080`.
  byte[] upstreamAddress(int i);

  /// The status of the response to try `i`, or what its failure stands for (502, 504).
  int upstreamStatus(int i);

  /// Bytes of the body of the response to try `i`.
  long upstreamResponseLength(int i);

  /// From the begin of try `i` until its connection was there.
  long upstreamConnectNanos(int i);

  /// From the begin of try `i` until the head of its response.
  long upstreamHeaderNanos(int i);

  /// From the begin of try `i` until the end of its response.
  long upstreamResponseNanos(int i);

  /// How many of the tries went to an endpoint that was not ready.
  int unreadyTries();
}
