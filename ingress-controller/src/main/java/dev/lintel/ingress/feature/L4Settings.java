package dev.lintel.ingress.feature;

import dev.lintel.ingress.plan.L4Plan;
import dev.lintel.ingress.plan.L4Plan.HeadersPlan;
import dev.lintel.ingress.plan.L4Plan.ServicePlan;
import dev.lintel.ingress.plan.L4Plan.StreamPlan;
import java.time.Duration;
import java.util.List;

/// What happens below HTTP: PROXY headers from clients, TCP and UDP services. Settings of the whole
/// controller, read by the compiler.
public final class L4Settings {
  /// Milliseconds of more days are no `int` any more.
  private static final Duration LONGEST = Duration.ofDays(24);

  /// More endpoints than this are never tried one after the other.
  private static final int MOST_TRIES = 16;

  /// Whether the ports of HTTP and HTTPS want a PROXY header.
  public static final Setting<Boolean> PROXY_PROTOCOL =
      Setting.bool("use-proxy-protocol")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text(
              "Wants a header of the PROXY protocol, version 1 or 2, of each connection to the ports"
                  + " of HTTP and HTTPS, and takes the client's address from it. Connections of"
                  + " others than `proxy-real-ip-cidr` names, and those without such a header, are"
                  + " closed.");

  static final Setting<Duration> HEADER_TIMEOUT =
      Setting.time("proxy-protocol-header-timeout", Duration.ofSeconds(1), Duration.ofHours(1))
          .onlyInConfigMap()
          .defaultsTo(Duration.ofSeconds(5))
          .text("How long a header of the PROXY protocol may take.");
  static final Setting<Duration> TIMEOUT =
      Setting.time("proxy-stream-timeout", Duration.ofSeconds(1), LONGEST)
          .onlyInConfigMap()
          .defaultsTo(Duration.ofMillis(StreamPlan.USUAL.idleMillis()))
          .text(
              "How long a connection or UDP session that is passed on may be without a byte in"
                  + " either direction.");
  static final Setting<Boolean> NEXT =
      Setting.bool("proxy-stream-next-upstream")
          .onlyInConfigMap()
          .defaultsTo(true)
          .text("Tries another endpoint of a TCP service where one does not accept a connection.");
  static final Setting<Duration> NEXT_TIMEOUT =
      Setting.time("proxy-stream-next-upstream-timeout", Duration.ZERO, LONGEST)
          .onlyInConfigMap()
          .defaultsTo(Duration.ofMillis(StreamPlan.USUAL.tryMillis()))
          .text("After this long no other endpoint is tried; 0 is no limit.");
  static final Setting<Integer> TRIES =
      Setting.wholeNumber("proxy-stream-next-upstream-tries", 0, 1_000_000)
          .onlyInConfigMap()
          .defaultsTo(StreamPlan.USUAL.tries())
          .text("How many endpoints are tried, the first included; 0 is no limit. At most 16 are.");
  static final Setting<Integer> RESPONSES =
      Setting.wholeNumber("proxy-stream-responses", 0, 1_000_000)
          .onlyInConfigMap()
          .defaultsTo(StreamPlan.USUAL.responses())
          .text(
              "Datagrams that answer each one of a client, after which a UDP session ends; 0 where"
                  + " none does.");

  /// All of them.
  public static final List<Setting<?>> ALL =
      List.of(PROXY_PROTOCOL, HEADER_TIMEOUT, TIMEOUT, NEXT, NEXT_TIMEOUT, TRIES, RESPONSES);

  private L4Settings() {}

  /// What holds.
  ///
  /// @param services the ports that are served besides
  public static L4Plan plan(GlobalReader in, List<ServicePlan> services) {
    int tries = in.get(TRIES);
    Duration next = in.get(NEXT_TIMEOUT);
    StreamPlan streams =
        new StreamPlan(
            (int) in.get(TIMEOUT).toMillis(),
            !in.get(NEXT) ? 1 : tries == 0 ? MOST_TRIES : Math.min(tries, MOST_TRIES),
            (int) (next.isZero() ? LONGEST : next).toMillis(),
            in.get(RESPONSES));
    boolean onHttp = in.get(PROXY_PROTOCOL);
    if (!onHttp && services.stream().noneMatch(ServicePlan::decodes)) {
      return new L4Plan(null, streams, services);
    }
    Setting<?> asked = onHttp ? PROXY_PROTOCOL : ForwardedSettings.PEERS;
    List<String> peers = ForwardedSettings.peers(in, asked);
    int timeout = (int) in.get(HEADER_TIMEOUT).toMillis();
    return new L4Plan(new HeadersPlan(peers, timeout, onHttp), streams, services);
  }
}
