package dev.lintel.proxy.trace;

import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Slice;
import org.jspecify.annotations.Nullable;

/// What a request says of the trace it belongs to: W3C's `traceparent`, or else B3 in one field or
/// in several. What cannot be read counts as not sent.
///
/// @param high the first eight bytes of the trace's id; with `low` 0 where only a decision came
/// @param low the last eight
/// @param span the id of the sender's span
record TraceParent(long high, long low, long span, Decision decision) {
  /// Whether the sender has the trace sampled.
  enum Decision {
    SAMPLED,
    NOT_SAMPLED,
    /// It leaves that open (B3).
    OPEN
  }

  static final HeaderName TRACEPARENT = HeaderName.of("traceparent");
  static final HeaderName TRACESTATE = HeaderName.of("tracestate");
  private static final HeaderName B3 = HeaderName.of("b3");
  private static final HeaderName B3_TRACE = HeaderName.of("X-B3-TraceId");
  private static final HeaderName B3_SPAN = HeaderName.of("X-B3-SpanId");
  private static final HeaderName B3_PARENT = HeaderName.of("X-B3-ParentSpanId");
  private static final HeaderName B3_SAMPLED = HeaderName.of("X-B3-Sampled");
  private static final HeaderName B3_FLAGS = HeaderName.of("X-B3-Flags");

  /// Every field that says something of a trace, but for `traceparent`; not to be changed.
  static final HeaderName[] OTHERS = {
    TRACESTATE, B3, B3_TRACE, B3_SPAN, B3_PARENT, B3_SAMPLED, B3_FLAGS
  };

  /// `00-`, the trace, `-`, the span, `-`, the flags (W3C Trace Context 3.2).
  static final int LENGTH = 55;

  private static final int TRACE_AT = 3;
  private static final int SPAN_AT = 36;
  private static final int FLAGS_AT = 53;
  private static final int SHORT = 16;
  private static final int LONG = 32;
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  /// Whether it names a trace, and not only a decision.
  boolean hasTrace() {
    return (high | low) != 0;
  }

  /// What the request says, or null.
  static @Nullable TraceParent of(RequestHead request) {
    int i = request.find(TRACEPARENT);
    Slice value = new Slice();
    if (i >= 0) {
      boolean isOne = request.next(TRACEPARENT, i) < 0;
      TraceParent parent = isOne ? w3c(request.value(i, value)) : null;
      if (parent != null) {
        return parent;
      }
    }
    if (request.value(B3, value)) {
      TraceParent parent = b3(value);
      if (parent != null) {
        return parent;
      }
    }
    return severalB3(request, value);
  }

  private static @Nullable TraceParent w3c(Slice text) {
    boolean isNewer = text.length() > LENGTH && text.at(LENGTH) == '-' && !text(text, 0, '0', '0');
    if (text.length() != LENGTH && !isNewer
        || text.at(2) != '-'
        || text.at(SPAN_AT - 1) != '-'
        || text.at(FLAGS_AT - 1) != '-'
        || !isHex(text, 0, 2, false)
        || text(text, 0, 'f', 'f')
        || !isHex(text, TRACE_AT, LONG, false)
        || !isHex(text, SPAN_AT, SHORT, false)
        || !isHex(text, FLAGS_AT, 2, false)) {
      return null;
    }
    boolean isSampled = (digit(text.at(FLAGS_AT + 1)) & 1) != 0;
    return valid(
        number(text, TRACE_AT, SHORT),
        number(text, TRACE_AT + SHORT, SHORT),
        number(text, SPAN_AT, SHORT),
        isSampled ? Decision.SAMPLED : Decision.NOT_SAMPLED);
  }

  private static boolean text(Slice text, int at, char first, char second) {
    return text.at(at) == first && text.at(at + 1) == second;
  }

  /// `{trace}-{span}[-{decision}[-{parent}]]`, or a decision alone.
  private static @Nullable TraceParent b3(Slice text) {
    if (text.length() == 1) {
      Decision alone = decision(text, 0);
      return alone == Decision.OPEN ? null : new TraceParent(0, 0, 0, alone);
    }
    int dash = 0;
    while (dash < text.length() && text.at(dash) != '-') {
      dash++;
    }
    int spanEnd = dash + 1 + SHORT;
    if (dash != SHORT && dash != LONG
        || text.length() < spanEnd
        || text.length() > spanEnd && text.at(spanEnd) != '-'
        || !isHex(text, 0, dash, true)
        || !isHex(text, dash + 1, SHORT, true)) {
      return null;
    }
    return valid(
        dash == LONG ? number(text, 0, SHORT) : 0,
        number(text, dash - SHORT, SHORT),
        number(text, dash + 1, SHORT),
        text.length() > spanEnd + 1 ? decision(text, spanEnd + 1) : Decision.OPEN);
  }

  private static Decision decision(Slice text, int at) {
    return switch (text.at(at)) {
      case '1', 'd', 't' -> Decision.SAMPLED; // d: for debugging; true, as some write it
      case '0', 'f' -> Decision.NOT_SAMPLED;
      default -> Decision.OPEN;
    };
  }

  private static @Nullable TraceParent severalB3(RequestHead request, Slice value) {
    Decision decision = Decision.OPEN;
    if (request.value(B3_FLAGS, value) && !value.isEmpty() && value.at(0) == '1') {
      decision = Decision.SAMPLED;
    } else if (request.value(B3_SAMPLED, value) && !value.isEmpty()) {
      decision = decision(value, 0);
    }
    if (!request.value(B3_TRACE, value)) {
      return decision == Decision.OPEN ? null : new TraceParent(0, 0, 0, decision);
    }
    int length = value.length();
    if (length != SHORT && length != LONG || !isHex(value, 0, length, true)) {
      return null;
    }
    long high = length == LONG ? number(value, 0, SHORT) : 0;
    long low = number(value, length - SHORT, SHORT);
    if (!request.value(B3_SPAN, value)
        || value.length() != SHORT
        || !isHex(value, 0, SHORT, true)) {
      return null;
    }
    return valid(high, low, number(value, 0, SHORT), decision);
  }

  /// Ids of zeros are none.
  private static @Nullable TraceParent valid(long high, long low, long span, Decision decision) {
    return (high | low) == 0 || span == 0 ? null : new TraceParent(high, low, span, decision);
  }

  /// A field for the upstream.
  static byte[] write(long high, long low, long span, boolean isSampled) {
    byte[] out = new byte[LENGTH];
    out[0] = '0';
    out[1] = '0';
    out[2] = '-';
    hex(out, TRACE_AT, high);
    hex(out, TRACE_AT + SHORT, low);
    out[SPAN_AT - 1] = '-';
    hex(out, SPAN_AT, span);
    out[FLAGS_AT - 1] = '-';
    out[FLAGS_AT] = '0';
    out[FLAGS_AT + 1] = (byte) (isSampled ? '1' : '0');
    return out;
  }

  private static void hex(byte[] out, int at, long bits) {
    for (int i = 0; i < SHORT; i++) {
      out[at + i] = HEX[(int) (bits >>> 60 - 4 * i) & 15];
    }
  }

  private static boolean isHex(Slice text, int from, int count, boolean anyCase) {
    for (int i = from; i < from + count; i++) {
      int digit = digit(text.at(i));
      boolean isUpper = text.at(i) >= 'A' && text.at(i) <= 'F';
      if (digit < 0 || isUpper && !anyCase) {
        return false;
      }
    }
    return true;
  }

  private static long number(Slice text, int from, int count) {
    long number = 0;
    for (int i = from; i < from + count; i++) {
      number = number << 4 | digit(text.at(i));
    }
    return number;
  }

  private static int digit(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int lower = b | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
