/// What can go wrong with a request, and the one table that says what clients, logs and metrics see
/// of it.
@NullMarked
package dev.lintel.proxy.failure;

import org.jspecify.annotations.NullMarked;
