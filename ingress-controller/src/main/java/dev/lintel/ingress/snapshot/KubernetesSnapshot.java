package dev.lintel.ingress.snapshot;

import java.util.List;
import java.util.SortedMap;

/// All objects at one moment, as the compiler sees them. Immutable; maps are sorted by key, so that
/// equal contents print and compile alike whatever the order of arrival.
///
/// @param slices the EndpointSlices of each Service; the compiler does not read them (endpoints go
///   straight to the upstreams), the linker does when it makes a new upstream
public record KubernetesSnapshot(
    SortedMap<ObjectKey, IngressView> ingresses,
    SortedMap<String, IngressClassView> classes,
    SortedMap<ObjectKey, ServiceView> services,
    SortedMap<ObjectKey, List<EndpointSliceView>> slices,
    SortedMap<ObjectKey, SecretView> secrets,
    SortedMap<ObjectKey, ConfigMapView> configMaps,
    SortedMap<String, NamespaceView> namespaces) {}
