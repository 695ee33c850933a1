/// More header fields in the answers of some routes, of those that the controller allows.
@NullMarked
package dev.lintel.ingress.feature.customheaders;

import org.jspecify.annotations.NullMarked;
