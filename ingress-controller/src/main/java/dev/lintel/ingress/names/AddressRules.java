package dev.lintel.ingress.names;

import dev.lintel.ingress.feature.ThisMachine;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where an answer to a look-up may not lead.
///
/// @param refusesLocal whether addresses of this machine, of its link and of a cloud's metadata are
///   refused: in a pod they lead to what is shown to that pod alone
/// @param ownPorts the ports that clients reach; a Service that led there would send its requests
///   round in circles
/// @param adminPort the port of health, metrics and debug pages; 0 for none
/// @param apiServer the address of the API server as pods have it; null for none
public record AddressRules(
    boolean refusesLocal,
    Set<Integer> ownPorts,
    int adminPort,
    @Nullable InetSocketAddress apiServer) {
  /// Nothing is refused: for a process at a person's desk.
  public static final AddressRules NONE = new AddressRules(false, Set.of(), 0, null);

  /// Those of a pod.
  ///
  /// @param environment has the API server's address
  public static AddressRules ofPod(
      Set<Integer> ownPorts, int adminPort, Map<String, String> environment) {
    InetAddress host = ThisMachine.literal(environment.getOrDefault("KUBERNETES_SERVICE_HOST", ""));
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "");
    boolean isKnown = host != null && port.matches("\\d{1,5}");
    return new AddressRules(
        true,
        ownPorts,
        adminPort,
        isKnown ? new InetSocketAddress(host, Integer.parseInt(port)) : null);
  }

  /// Why nothing may be sent there, in words that go behind "is"; null where it may.
  ///
  /// @param asClient whether it is the proxy itself that asks there, as any client could: an
  ///   authentication service may be behind this very proxy
  @Nullable String refuses(InetAddress address, int port, boolean asClient) {
    if (!refusesLocal) {
      return null;
    }
    if (ThisMachine.has(address)) {
      return "an address of this machine, its link or its cloud's metadata";
    }
    if (apiServer != null && apiServer.equals(new InetSocketAddress(address, port))) {
      return "the API server";
    }
    boolean isOwnPort = port == adminPort || !asClient && ownPorts.contains(port);
    return isOwnPort && isOwn(address) ? "a port of Lintel itself" : null;
  }

  private static boolean isOwn(InetAddress address) {
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException _) {
      return true; // not known to be another's
    }
  }
}
