/// Black-box tests of the image and the chart on a real Kubernetes. Nothing here knows a class of
/// the product.
///
/// `Cluster` is the one thing shared by all tests: the Kubernetes that runs, with the chart
/// installed once. `Echo` makes backends, `Web` asks single questions over plain sockets, `Load`
/// sends a constant load and never sends anything twice. A test that must control the node itself
/// says so with `OwnNode`, and is reported by name as not run on somebody else's cluster.
@NullMarked
package dev.lintel.e2e;

import org.jspecify.annotations.NullMarked;
