package dev.lintel.ingress.link;

import dev.lintel.ingress.snapshot.EndpointSliceView;
import dev.lintel.ingress.snapshot.EndpointSliceView.EndpointView;
import dev.lintel.ingress.snapshot.EndpointSliceView.PortView;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The endpoints of one upstream that may be tried, from the slices of its Service.
///
/// Ready ones are preferred; where there is none, those that terminate but still serve. Where all
/// turn unready at one stroke without terminating (a broken probe, a partition), the last ready
/// ones are tried on until one is ready again: an answer from a doubtful pod is better than a
/// certain 503. Endpoints that failed one after the other are believed.
///
/// Among ready ones, those that are meant for a zone come first there; see [ZoneHints].
///
/// It remembers the last choice; not safe for several threads at once.
final class EndpointChoice {
  private final String portName;
  private final String protocol;
  private EndpointSet chosen = EndpointSet.EMPTY;
  private Set<Endpoint> unreadyBefore = Set.of();

  /// @param portName the name of the slice's port; empty: the unnamed one
  EndpointChoice(String portName) {
    this(portName, "TCP");
  }

  /// @param protocol of the slice's port, as it is written there
  EndpointChoice(String portName, String protocol) {
    this.portName = portName;
    this.protocol = protocol;
  }

  /// Whether it is one from the same ports.
  boolean isOf(String name, String ofProtocol) {
    return portName.equals(name) && protocol.equals(ofProtocol);
  }

  /// Another one that remembers the same.
  EndpointChoice copy() {
    EndpointChoice copy = new EndpointChoice(portName, protocol);
    copy.chosen = chosen;
    copy.unreadyBefore = unreadyBefore;
    return copy;
  }

  /// One address alone; none where it is no address, as a manifest in a folder may have it.
  static EndpointSet alone(String address, int port) {
    try {
      InetSocketAddress only = new InetSocketAddress(InetAddress.ofLiteral(address), port);
      return new EndpointSet(List.of(new Endpoint(only)), false);
    } catch (IllegalArgumentException _) {
      return EndpointSet.EMPTY;
    }
  }

  /// The choice from these slices, given the choices before.
  ///
  /// @param zone where this process runs; empty where that is not known or does not count
  EndpointSet of(List<EndpointSliceView> slices, String zone) {
    ZoneHints hints = new ZoneHints(zone);
    Set<Endpoint> ready = new LinkedHashSet<>();
    Set<Endpoint> leaving = new LinkedHashSet<>();
    Set<Endpoint> unready = new LinkedHashSet<>();
    for (EndpointSliceView slice : slices) {
      int port = port(slice);
      if (port > 0) {
        for (EndpointView endpoint : slice.endpoints()) {
          Set<Endpoint> kind = kind(endpoint, ready, leaving, unready);
          if (kind != null) {
            List<Endpoint> addresses = addresses(endpoint, port);
            kind.addAll(addresses);
            if (endpoint.ready()) {
              hints.add(endpoint, addresses);
            }
          }
        }
      }
    }
    EndpointSet next = choose(hints.split(ready), leaving, unready);
    if (!next.unready()) {
      unreadyBefore = unready;
    }
    chosen = next;
    return next;
  }

  private EndpointSet choose(EndpointSet ready, Set<Endpoint> leaving, Set<Endpoint> unready) {
    if (!ready.endpoints().isEmpty()) {
      return ready;
    }
    if (!leaving.isEmpty()) {
      return new EndpointSet(List.copyOf(leaving), false);
    }
    List<Endpoint> held = new ArrayList<>(chosen.all());
    held.retainAll(unready);
    if (held.isEmpty() || !(chosen.unready() || atOneStroke(unready))) {
      return EndpointSet.EMPTY;
    }
    return new EndpointSet(List.copyOf(held), true);
  }

  private boolean atOneStroke(Set<Endpoint> unready) {
    for (Endpoint endpoint : unready) {
      if (unreadyBefore.contains(endpoint)) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable Set<Endpoint> kind(
      EndpointView endpoint, Set<Endpoint> ready, Set<Endpoint> leaving, Set<Endpoint> unready) {
    if (endpoint.ready()) {
      return ready;
    }
    if (endpoint.terminating()) {
      return endpoint.serving() ? leaving : null;
    }
    return unready;
  }

  private static List<Endpoint> addresses(EndpointView endpoint, int port) {
    List<Endpoint> addresses = new ArrayList<>(1);
    for (String address : endpoint.addresses()) {
      try {
        addresses.add(new Endpoint(new InetSocketAddress(InetAddress.ofLiteral(address), port)));
      } catch (IllegalArgumentException _) {
        // A name where an address belongs: the API server refuses it, a manifest in a folder may
        // hold it. Nothing is ever looked up for it.
      }
    }
    return addresses;
  }

  /// The slice's own number of the port: a named target port may differ between pods.
  private int port(EndpointSliceView slice) {
    if (slice.addressType().equals("FQDN")) {
      return 0;
    }
    for (PortView port : slice.ports()) {
      if (port.name().equals(portName) && port.protocol().equals(protocol)) {
        return port.port();
      }
    }
    return 0;
  }
}
