package dev.lintel.tls;

import io.netty.util.NetUtil;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is offered to an upstream in a handshake, and what is demanded of it. Equal policies share
/// contexts and sessions, others nothing: a connection made under one is never used under another.
///
/// @param protocols `TLSv1.2`, `TLSv1.3`
/// @param ciphers those of TLS 1.2, under OpenSSL's names; those of TLS 1.3 cannot be chosen
/// @param own the certificate shown where the upstream asks for one; null for none
/// @param trust which certificates the upstream may show; null takes any
/// @param serverName the name sent in the handshake (RFC 6066 3); empty for none
public record UpstreamTlsPolicy(
    List<String> protocols,
    List<String> ciphers,
    @Nullable KeyMaterial own,
    @Nullable ServerTrust trust,
    String serverName)
    implements Comparable<UpstreamTlsPolicy> {
  /// Takes any certificate, shows none and sends no name, as nginx does unless it is told more.
  public static final UpstreamTlsPolicy UNVERIFIED =
      new UpstreamTlsPolicy(
          TlsPolicy.USUAL_PROTOCOLS, TlsNames.ciphers("DEFAULT").known(), null, null, "");

  private static final Comparator<UpstreamTlsPolicy> ORDER =
      Comparator.comparing(UpstreamTlsPolicy::identity);
  private static final int SHOWN_DIGITS = 12;

  /// Copies the lists.
  public UpstreamTlsPolicy {
    protocols = List.copyOf(protocols);
    ciphers = List.copyOf(ciphers);
  }

  /// The same with a name in the handshake; an address is not sent (RFC 6066 3).
  public static UpstreamTlsPolicy unverified(String host) {
    boolean address = NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    return address
        ? UNVERIFIED
        : new UpstreamTlsPolicy(UNVERIFIED.protocols, UNVERIFIED.ciphers, null, null, host);
  }

  /// A text that no other policy has.
  private String identity() {
    return String.join(
        "\n",
        String.join(",", protocols),
        String.join(",", ciphers),
        own == null ? "" : own.fingerprint(),
        trust == null ? "" : trust.identity(),
        serverName);
  }

  @Override
  public int compareTo(UpstreamTlsPolicy other) {
    return ORDER.compare(this, other);
  }

  /// For people: what is not as in [#UNVERIFIED]; nothing secret.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (!protocols.equals(UNVERIFIED.protocols)) {
      text.append(", ").append(String.join(" ", protocols));
    }
    if (!ciphers.equals(UNVERIFIED.ciphers)) {
      text.append(", ciphers ").append(String.join(":", ciphers));
    }
    if (own != null) {
      text.append(", shows sha256:").append(own.fingerprint(), 0, SHOWN_DIGITS);
    }
    if (trust != null) {
      text.append(", verifies ").append(trust);
    }
    if (!serverName.isEmpty()) {
      text.append(", sends ").append(serverName);
    }
    return text.isEmpty() ? "" : text.substring(2);
  }
}
