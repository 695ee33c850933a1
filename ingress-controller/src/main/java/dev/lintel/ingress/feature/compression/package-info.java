/// Responses in fewer bytes, for clients that ask for it.
@NullMarked
package dev.lintel.ingress.feature.compression;

import org.jspecify.annotations.NullMarked;
