package dev.lintel.ingress.plan;

import org.jspecify.annotations.Nullable;

/// Settings of the whole proxy that no route carries.
///
/// @param logFormat the access log's format (`log-format-upstream`)
/// @param client rules for the connections of clients
/// @param tls what is offered in their handshakes
/// @param log what else is said of the access log
/// @param ipv6Names whether names of upstreams are looked up for addresses of IPv6, too
/// @param forwarded which proxies in front may say who the client is; null for none
public record GlobalPlan(
    String logFormat,
    ClientPlan client,
    TlsPlan tls,
    LogPlan log,
    boolean ipv6Names,
    @Nullable ForwardedPlan forwarded) {
  /// The usual log, where no proxy in front is believed.
  public GlobalPlan(String logFormat, ClientPlan client, TlsPlan tls) {
    this(logFormat, client, tls, LogPlan.USUAL, true, null);
  }

  /// ingress-nginx's format of the access log.
  public static final String USUAL_LOG_FORMAT =
      "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent"
          + " \"$http_referer\" \"$http_user_agent\" $request_length $request_time"
          + " [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr"
          + " $upstream_response_length $upstream_response_time $upstream_status $req_id";
}
