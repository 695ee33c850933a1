package dev.lintel.ingress.compile;

import dev.lintel.ingress.snapshot.ObjectKey;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What flags say to the compiler of what happens below HTTP.
///
/// @param tcpServices `--tcp-services-configmap`, or null
/// @param udpServices `--udp-services-configmap`, or null
/// @param passesThrough `--enable-ssl-passthrough`
/// @param ownPorts the TCP ports that services cannot have
public record L4Options(
    @Nullable ObjectKey tcpServices,
    @Nullable ObjectKey udpServices,
    boolean passesThrough,
    Set<Integer> ownPorts) {
  /// Nothing.
  public static final L4Options NONE = new L4Options(null, null, false, Set.of());
}
