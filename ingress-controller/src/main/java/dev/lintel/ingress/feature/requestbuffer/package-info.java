/// Requests whose bodies are read whole before their upstreams hear of them.
@NullMarked
package dev.lintel.ingress.feature.requestbuffer;

import org.jspecify.annotations.NullMarked;
