package dev.lintel.ingress.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What happens below HTTP; times in milliseconds.
///
/// @param headers who must send PROXY headers, and may; null where nobody is asked for one
/// @param streams how connections and datagrams are passed on
/// @param services the ports of TCP and UDP services, TCP first, by number
public record L4Plan(
    @Nullable HeadersPlan headers, StreamPlan streams, List<ServicePlan> services) {
  /// Nothing.
  public static final L4Plan NONE = new L4Plan(null, StreamPlan.USUAL, List.of());

  /// PROXY headers from clients.
  ///
  /// @param peers the networks of those whose word is taken (`proxy-real-ip-cidr`)
  /// @param timeoutMillis how long one may take (`proxy-protocol-header-timeout`)
  /// @param onHttp whether the ports of HTTP and HTTPS want one (`use-proxy-protocol`)
  public record HeadersPlan(List<String> peers, int timeoutMillis, boolean onHttp) {}

  /// How connections and datagrams are passed on.
  ///
  /// @param idleMillis how long a session may be silent (`proxy-stream-timeout`)
  /// @param tries how many endpoints are tried (`proxy-stream-next-upstream`, `-tries`)
  /// @param tryMillis after this long no other one is (`proxy-stream-next-upstream-timeout`)
  /// @param responses datagrams that answer one of a client; 0 for none (`proxy-stream-responses`)
  public record StreamPlan(int idleMillis, int tries, int tryMillis, int responses) {
    /// Where the ConfigMap says nothing: as ingress-nginx.
    public static final StreamPlan USUAL = new StreamPlan(600_000, 3, 600_000, 1);
  }

  /// A port of a ConfigMap of services.
  ///
  /// @param decodes whether each connection must begin with a PROXY header
  /// @param sends whether the upstream gets one
  public record ServicePlan(
      boolean udp, int port, UpstreamKey upstream, boolean decodes, boolean sends) {
    @Override
    public String toString() {
      return (udp ? "UDP " : "TCP ")
          + port
          + " -> "
          + upstream
          + (decodes ? ", wants a PROXY header" : "")
          + (sends ? ", sends a PROXY header" : "");
    }
  }

  /// Lines for people; none where nothing is out of the ordinary.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (headers != null) {
      text.append("PROXY headers").append(RecordText.components(headers)).append('\n');
    }
    if (!streams.equals(StreamPlan.USUAL)) {
      text.append("streams").append(RecordText.components(streams)).append('\n');
    }
    for (ServicePlan service : services) {
      text.append(service).append('\n');
    }
    return text.toString();
  }
}
