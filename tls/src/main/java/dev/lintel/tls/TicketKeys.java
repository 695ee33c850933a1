package dev.lintel.tls;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.security.SecureRandom;
import java.util.List;

/// The keys that seal TLS 1.3 session tickets, shared by all contexts of a process: the first
/// encrypts, all of them decrypt. Never printed.
public final class TicketKeys {
  private final List<OpenSslSessionTicketKey> keys;

  private TicketKeys(List<OpenSslSessionTicketKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /// One key that nobody else knows: tickets end with this process.
  public static TicketKeys random() {
    SecureRandom random = new SecureRandom();
    return new TicketKeys(
        List.of(
            new OpenSslSessionTicketKey(
                bytes(random, OpenSslSessionTicketKey.NAME_SIZE),
                bytes(random, OpenSslSessionTicketKey.HMAC_KEY_SIZE),
                bytes(random, OpenSslSessionTicketKey.AES_KEY_SIZE))));
  }

  /// As [io.netty.handler.ssl.OpenSslSessionContext] takes them.
  OpenSslSessionTicketKey[] toArray() {
    return keys.toArray(OpenSslSessionTicketKey[]::new);
  }

  private static byte[] bytes(SecureRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
