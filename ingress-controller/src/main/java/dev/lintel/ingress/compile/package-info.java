/// From a snapshot of Kubernetes to a plan: which Ingresses count, which of them wins a host and a
/// path, what each route's annotations ask for, which certificate a host shows.
///
/// The compiler is pure: the same objects and options give the same plan and the same problems,
/// whatever the order in which the objects arrived. `IncrementalCompiler` gives the same results
/// for one snapshot after the other and takes over the hosts that no changed object concerns
/// (`Scope` says which those are, `HostPiece` what is kept of them). The stages, in the order in
/// which they run:
///
/// 1. `ClassSelection`: the Ingresses that are ours, oldest first.
/// 2. `ConfigMapReading` and `IngressReading`: what the settings say; what nobody knows; what would
///    stand open and is therefore closed.
/// 3. `HostDraft`: the paths of one host, of all its Ingresses.
/// 4. `CertificateChoice`: the certificate of each host.
/// 5. `HostAssembly`: the routes of one host, with their features.
/// 6. `UpstreamAssembly`: what each named Service port comes to.
@NullMarked
package dev.lintel.ingress.compile;

import org.jspecify.annotations.NullMarked;
