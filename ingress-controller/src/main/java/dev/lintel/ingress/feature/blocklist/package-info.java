/// Lists of the whole controller: whose requests are refused on every route.
///
/// They hold for each host, also for those that only redirect and for what nothing serves, and no
/// other list or password of a route lets in whom they name.
@NullMarked
package dev.lintel.ingress.feature.blocklist;

import org.jspecify.annotations.NullMarked;
