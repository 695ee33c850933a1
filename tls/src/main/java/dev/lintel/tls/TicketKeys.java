package dev.lintel.tls;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

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

  /// As [io.netty.handler.ssl.OpenSslSessionContext] takes them. A server that asks for client
  /// certificates has keys of its own, derived from these and from whom it trusts: a ticket that
  /// another one gave, or that was given before its authorities changed, is noise to it.
  OpenSslSessionTicketKey[] toArray(@Nullable ClientTrust clients) {
    return clients == null
        ? keys.toArray(OpenSslSessionTicketKey[]::new)
        : keys.stream()
            .map(key -> derived(key, clients.identity()))
            .toArray(OpenSslSessionTicketKey[]::new);
  }

  private static OpenSslSessionTicketKey derived(OpenSslSessionTicketKey key, String identity) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      ByteBuffer secret =
          ByteBuffer.allocate(
              OpenSslSessionTicketKey.HMAC_KEY_SIZE + OpenSslSessionTicketKey.AES_KEY_SIZE);
      secret.put(key.hmacKey()).put(key.aesKey());
      mac.init(new SecretKeySpec(secret.array(), "HmacSHA256"));
      ByteBuffer out = ByteBuffer.allocate(2 * mac.getMacLength());
      for (byte block = 1; block <= 2; block++) {
        mac.update(block);
        mac.update(key.name());
        out.put(mac.doFinal(identity.getBytes(StandardCharsets.US_ASCII)));
      }
      out.flip();
      return new OpenSslSessionTicketKey(
          part(out, OpenSslSessionTicketKey.NAME_SIZE),
          part(out, OpenSslSessionTicketKey.HMAC_KEY_SIZE),
          part(out, OpenSslSessionTicketKey.AES_KEY_SIZE));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  private static byte[] part(ByteBuffer from, int length) {
    byte[] bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }

  private static byte[] bytes(SecureRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
