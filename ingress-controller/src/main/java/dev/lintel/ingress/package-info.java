/// The control plane and its command line: Kubernetes objects in, a proxy configuration out.
@NullMarked
package dev.lintel.ingress;

import org.jspecify.annotations.NullMarked;
