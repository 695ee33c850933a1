package dev.lintel.ingress;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// This process's place in a cluster, as its environment says.
///
/// @param name `POD_NAME`, or this host's name
/// @param namespace `POD_NAMESPACE`, or empty
/// @param node `NODE_NAME`, or empty
/// @param addresses of this host's interfaces, without loopback
record Pod(String name, String namespace, String node, List<String> addresses) {
  static Pod here() {
    return new Pod(
        set(System.getenv("POD_NAME"), hostName()),
        set(System.getenv("POD_NAMESPACE"), ""),
        set(System.getenv("NODE_NAME"), ""),
        interfaces());
  }

  private static String set(@Nullable String value, String otherwise) {
    return value == null || value.isEmpty() ? otherwise : value;
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      return "lintel";
    }
  }

  private static List<String> interfaces() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress())
          .map(InetAddress::getHostAddress)
          .toList();
    } catch (SocketException _) {
      return List.of();
    }
  }
}
