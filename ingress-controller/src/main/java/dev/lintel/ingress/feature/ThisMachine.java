package dev.lintel.ingress.feature;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Names and addresses that lead into Lintel's own pod, or to what its node shows to its pods
/// alone. Whoever may write an Ingress or a Service must not get there through Lintel.
public final class ThisMachine {
  /// Of AWS, Alibaba, Azure and Oracle, beside 169.254.169.254.
  private static final Set<InetAddress> METADATA =
      Set.of(
          InetAddress.ofLiteral("fd00:ec2::254"),
          InetAddress.ofLiteral("100.100.100.200"),
          InetAddress.ofLiteral("168.63.129.16"),
          InetAddress.ofLiteral("192.0.0.192"));

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
  /// multicast, `0.0.0.0`), or one at which a cloud shows its metadata to its machines, in either
  /// version of IP.
  public static boolean has(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isAnyLocalAddress()
        || address.isMulticastAddress()
        || METADATA.contains(address)
        || address instanceof Inet6Address six && leadsHere(six.getAddress());
  }

  /// Whether an address of IPv6 stands for one of IPv4 that leads here: by translation (RFC 6052),
  /// by 6to4 (RFC 3056) or compatible with it (RFC 4291, section 2.5.5.1).
  private static boolean leadsHere(byte[] six) {
    int at =
        starts(six, 0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0)
                || starts(six, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
            ? 12
            : starts(six, 0x20, 0x02) ? 2 : -1;
    if (at < 0) {
      return false;
    }
    try {
      return has(InetAddress.getByAddress(Arrays.copyOfRange(six, at, at + 4)));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // four bytes are an address
    }
  }

  private static boolean starts(byte[] address, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if ((address[i] & 0xff) != bytes[i]) {
        return false;
      }
    }
    return true;
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
