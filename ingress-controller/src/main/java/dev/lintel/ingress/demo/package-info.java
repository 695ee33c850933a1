/// The demo: echo backends for the manifests in `examples/demo`, and the commands to try them with.
@NullMarked
package dev.lintel.ingress.demo;

import org.jspecify.annotations.NullMarked;
