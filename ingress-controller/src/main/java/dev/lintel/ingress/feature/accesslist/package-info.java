/// Lists of client addresses: who is kept out, and who alone is let in.
///
/// Both lists are one guard, asked in the order of nginx: an address that is denied is refused,
/// also where the other list names it; then one that is allowed is let in; and where there is a
/// list of those allowed, every other one is refused (403).
@NullMarked
package dev.lintel.ingress.feature.accesslist;

import org.jspecify.annotations.NullMarked;
