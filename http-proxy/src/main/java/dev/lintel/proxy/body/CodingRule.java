package dev.lintel.proxy.body;

import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;

/// Which responses are compressed with one coding. Immutable, shared by all loops.
///
/// @param level of its library, from fast to small
/// @param shortest bytes of a body; one that says that it is shorter stays as it is
public record CodingRule(Coding coding, int level, long shortest, ContentTypes types) {

  /// Whether a response is long enough, as far as it says, and of a type on the list.
  boolean concerns(ResponseHead head, Slice scratch) {
    return (head.contentLength() < 0 || head.contentLength() >= shortest)
        && head.value(HeaderNames.CONTENT_TYPE, scratch)
        && types.has(scratch);
  }
}
