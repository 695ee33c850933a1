package dev.lintel.proxy.exchange;

import dev.lintel.proxy.message.HeaderEdits;
import dev.lintel.proxy.message.HeaderNames;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

/// The part of a WebSocket's opening that only HTTP/1.1 has (RFC 6455 4): a key, and an answer that
/// proves that it was read by one who speaks WebSocket. HTTP/2 has neither (RFC 8441 5.1), so where
/// one side of the proxy speaks it, the other side's part is played here. Used again for the next
/// request.
final class WebSocketHandshake {
  private static final byte[] GUID =
      "258EAFA5-E914-47DA-95CA-C5AB0DC85B11".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NONE = {};
  private static final int KEY_BYTES = 16;

  private final Slice value = new Slice();
  private boolean fromHttp2;
  private boolean toHttp2;

  /// What the upstream must answer, or what the client is to hear; empty for nothing.
  private byte[] accept = NONE;

  /// A request for a WebSocket is about to be written.
  void begin(RequestHead head, boolean fromHttp2, boolean toHttp2, HeaderEdits edits) {
    this.fromHttp2 = fromHttp2;
    this.toHttp2 = toHttp2;
    accept = NONE;
    if (fromHttp2 && !toHttp2) {
      byte[] key = newKey();
      accept = answer(key, 0, key.length);
      edits.set(HeaderNames.SEC_WEBSOCKET_KEY, key);
    } else if (toHttp2) {
      if (!fromHttp2 && head.value(HeaderNames.SEC_WEBSOCKET_KEY, value)) {
        accept = answer(value.bytes(), value.offset(), value.length());
      }
      edits.remove(HeaderNames.SEC_WEBSOCKET_KEY);
    }
  }

  /// The upstream agreed; false where it does not know to what. Afterwards the head is as the
  /// client is to see it.
  boolean end(ResponseHead head) {
    if (!fromHttp2 && !toHttp2) {
      // The client looks for itself.
      return true;
    }
    boolean proved = toHttp2 || isAccepted(head);
    head.remove(HeaderNames.SEC_WEBSOCKET_ACCEPT);
    if (!fromHttp2 && accept.length > 0) {
      head.set(HeaderNames.SEC_WEBSOCKET_ACCEPT, accept);
    }
    return proved;
  }

  private boolean isAccepted(ResponseHead head) {
    head.value(HeaderNames.SEC_WEBSOCKET_ACCEPT, value);
    int from = value.offset();
    return Arrays.equals(accept, 0, accept.length, value.bytes(), from, from + value.length());
  }

  /// It must differ, it need not be secret: it is for nobody but the upstream.
  private static byte[] newKey() {
    byte[] random = new byte[KEY_BYTES];
    ThreadLocalRandom.current().nextBytes(random);
    return Base64.getEncoder().encode(random);
  }

  private static byte[] answer(byte[] key, int offset, int length) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      sha1.update(key, offset, length);
      return Base64.getEncoder().encode(sha1.digest(GUID));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }
}
