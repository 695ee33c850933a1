/// What operators see: the access log and the metrics, counted per event loop and summed on a
/// scrape.
@NullMarked
package dev.lintel.proxy.observe;

import org.jspecify.annotations.NullMarked;
