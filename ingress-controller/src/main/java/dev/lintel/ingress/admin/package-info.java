/// The admin port: health for probes, metrics for Prometheus, and pages for people on this host.
///
/// It answers from what it is given and reaches into nothing; a slow reader or a flood there never
/// touches the event loops that move traffic.
@NullMarked
package dev.lintel.ingress.admin;

import org.jspecify.annotations.NullMarked;
