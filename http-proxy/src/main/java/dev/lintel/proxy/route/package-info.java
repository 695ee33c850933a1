/// From host and path to a route: the tables and their matchers, immutable and shared by all loops.
@NullMarked
package dev.lintel.proxy.route;

import org.jspecify.annotations.NullMarked;
