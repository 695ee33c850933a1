package dev.lintel.ingress.plan;

/// Settings of the whole proxy that no route carries.
///
/// @param logFormat the access log's format (`log-format-upstream`)
/// @param client rules for the connections of clients
/// @param tls what is offered in their handshakes
public record GlobalPlan(String logFormat, ClientPlan client, TlsPlan tls) {
  /// ingress-nginx's format of the access log.
  public static final String USUAL_LOG_FORMAT =
      "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent"
          + " \"$http_referer\" \"$http_user_agent\" $request_length $request_time"
          + " [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr"
          + " $upstream_response_length $upstream_response_time $upstream_status $req_id";
}
