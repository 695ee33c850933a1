/// Limits per client address: requests a second or a minute, and requests at once.
///
/// All hosts and paths of one Ingress share their counts, as do all event loops of one process;
/// another replica counts for itself. The counts outlive a new configuration as long as the limits
/// stay the same.
@NullMarked
package dev.lintel.ingress.feature.ratelimit;

import org.jspecify.annotations.NullMarked;
