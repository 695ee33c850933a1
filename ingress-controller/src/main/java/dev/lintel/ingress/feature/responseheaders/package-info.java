/// More header fields in all answers, and fewer of those that upstreams send.
@NullMarked
package dev.lintel.ingress.feature.responseheaders;

import org.jspecify.annotations.NullMarked;
