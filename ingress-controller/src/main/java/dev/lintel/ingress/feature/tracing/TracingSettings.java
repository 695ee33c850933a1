package dev.lintel.ingress.feature.tracing;

import dev.lintel.ingress.feature.SideTarget;

/// How the requests of a route are traced.
///
/// @param collector where spans go
/// @param service what Lintel calls itself
/// @param queue how many spans may wait on each event loop
/// @param delayMillis how long one waits for others
/// @param batch how many go together
/// @param ratio the share of traces that is sampled, as a decimal from 0 to 1
/// @param isParentBased whether what the sender of a request decided counts first
/// @param trusts whether a trace that a client names is gone on with
/// @param name of the spans, with variables; empty for the method and the path
public record TracingSettings(
    SideTarget collector,
    String service,
    int queue,
    int delayMillis,
    int batch,
    String ratio,
    boolean isParentBased,
    boolean trusts,
    String name) {}
