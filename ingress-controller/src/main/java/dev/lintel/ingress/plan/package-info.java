/// The plan: what the proxy is to do, as a definition. Records all the way down, sorted, printable,
/// comparable; no Netty, no sockets, no clock. `PlanCompiler` makes it from a snapshot,
/// `PlanPrinter` prints it, `ConfigLinker` joins it with live state to the `ProxyConfig` that
/// serves.
///
/// A plan names a feature by its id and its settings record, so it depends on no feature.
@NullMarked
package dev.lintel.ingress.plan;

import org.jspecify.annotations.NullMarked;
