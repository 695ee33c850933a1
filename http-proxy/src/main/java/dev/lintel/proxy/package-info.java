/// The data plane: what an embedder needs to move HTTP between clients and upstreams.
///
/// It has never heard of Kubernetes, annotations or YAML; everything it does is said by an
/// immutable configuration that is published in one step.
@NullMarked
package dev.lintel.proxy;

import org.jspecify.annotations.NullMarked;
