/// How the guards of a route (address lists, passwords, other services) count together.
@NullMarked
package dev.lintel.ingress.feature.satisfy;

import org.jspecify.annotations.NullMarked;
