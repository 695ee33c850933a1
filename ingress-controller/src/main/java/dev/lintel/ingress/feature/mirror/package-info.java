/// A copy of each request goes to another target as well, and what comes back is thrown away.
///
/// `Mirror` reads the settings, `MirrorFilter` serves all requests of a route, `MirrorCopy` is one
/// copy on its way: a `SideRequest` over the pools of the exchange's own loop. The request itself
/// never waits for its copy and never fails with it. What copies may take of a loop is bounded by
/// `MirrorRoom`, shared by all routes; a copy for which there is no room is left out, and counted.
@NullMarked
package dev.lintel.ingress.feature.mirror;

import org.jspecify.annotations.NullMarked;
