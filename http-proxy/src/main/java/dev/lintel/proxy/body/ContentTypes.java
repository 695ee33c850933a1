package dev.lintel.proxy.body;

import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// A list of content types as nginx's `gzip_types` has it: `text/html` is always on it, `*` stands
/// for all. Immutable.
///
/// Streams of events and calls of gRPC are no part of `*`: they are many small messages that each
/// come when they come. Who wants them names them.
public final class ContentTypes {
  private static final byte[] HTML = ascii("text/html");
  private static final byte[] EVENTS = ascii("text/event-stream");
  private static final byte[] GRPC = ascii("application/grpc");

  private final byte[][] types;
  private final boolean all;

  /// @param types in any case, without parameters
  public ContentTypes(List<String> types) {
    this.all = types.contains("*");
    this.types =
        types.stream().map(type -> ascii(type.toLowerCase(Locale.ROOT))).toArray(byte[][]::new);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Whether a value of `Content-Type`, with its parameters, is on the list.
  boolean has(Slice value) {
    int length = length(value);
    if (length == 0) {
      return false;
    }
    if (isWord(value, length, HTML)) {
      return true;
    }
    for (byte[] type : types) {
      if (isWord(value, length, type)) {
        return true;
      }
    }
    return all && !isWord(value, length, EVENTS) && !value.startsWithWord(GRPC);
  }

  private static boolean isWord(Slice value, int length, byte[] lower) {
    return length == lower.length && value.startsWithWord(lower);
  }

  private static int length(Slice value) {
    int end = 0;
    while (end < value.length()
        && value.at(end) != ';'
        && value.at(end) != ' '
        && value.at(end) != '\t') {
      end++;
    }
    return end;
  }
}
