package dev.lintel.ingress.plan;

import dev.lintel.tls.UpstreamTlsPolicy;
import java.util.Comparator;

/// How connections to an upstream are secured.
///
/// @param asClients whether only the requests of clients that came over TLS go over TLS
public record UpstreamTlsPlan(UpstreamTlsPolicy policy, boolean asClients)
    implements Comparable<UpstreamTlsPlan> {
  private static final Comparator<UpstreamTlsPlan> ORDER =
      Comparator.comparing(UpstreamTlsPlan::policy).thenComparing(UpstreamTlsPlan::asClients);

  @Override
  public int compareTo(UpstreamTlsPlan other) {
    return ORDER.compare(this, other);
  }

  /// For people; nothing secret.
  @Override
  public String toString() {
    String details = policy.toString();
    return (asClients ? "over TLS where clients are" : "over TLS")
        + (details.isEmpty() ? "" : ", " + details);
  }
}
