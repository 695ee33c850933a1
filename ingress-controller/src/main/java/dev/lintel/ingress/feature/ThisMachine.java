package dev.lintel.ingress.feature;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Names and addresses that lead into Lintel's own pod, or to what its node shows to its pods
/// alone. Whoever may write an Ingress or a Service must not get there through Lintel.
public final class ThisMachine {
  private ThisMachine() {}

  /// Whether a host, in lower case, says by itself that it is this machine. What a name resolves to
  /// is another question, asked when it does.
  public static boolean isNamed(String host) {
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || host.startsWith("127.")
        || host.equals("0.0.0.0")
        || host.equals("::1")
        || host.equals("::");
  }

  /// Whether an address is one of this machine or of its link (loopback, 169.254.0.0/16, fe80::/10,
  /// multicast, `0.0.0.0`).
  public static boolean has(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isAnyLocalAddress()
        || address.isMulticastAddress();
  }

  /// The address that `host` is, or null where it is a name.
  public static @Nullable InetAddress literal(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }
}
