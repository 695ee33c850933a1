package dev.lintel.tls;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The keys that seal session tickets during one epoch of twelve hours, shared by all contexts of a
/// process and by all processes with the same secret. Never printed.
///
/// The key of the epoch encrypts. Those of the one before and of the one after it decrypt as well,
/// so that no ticket is lost at a turn, nor where a clock is ahead of another: a ticket lives for
/// twelve to twenty-four hours.
///
/// @param epoch the number of the epoch since 1970
public record TicketKeys(TicketSecret secret, long epoch) {
  /// How long a key encrypts.
  public static final Duration EPOCH = Duration.ofHours(12);

  private static final int KEY_SIZE =
      OpenSslSessionTicketKey.NAME_SIZE
          + OpenSslSessionTicketKey.HMAC_KEY_SIZE
          + OpenSslSessionTicketKey.AES_KEY_SIZE;

  /// Those of now, of a secret that nobody else knows: tickets end with this process.
  public static TicketKeys random() {
    return TicketSecret.random().keys(Instant.now());
  }

  static long epoch(Instant now) {
    return Math.floorDiv(now.getEpochSecond(), EPOCH.toSeconds());
  }

  /// As [io.netty.handler.ssl.OpenSslSessionContext] takes them. A server that asks for client
  /// certificates has keys of its own, derived from whom it trusts as well: a ticket that another
  /// one gave, or that was given before its authorities changed, is noise to it.
  OpenSslSessionTicketKey[] toArray(@Nullable ClientTrust clients) {
    String whom = clients == null ? "" : clients.identity();
    return new OpenSslSessionTicketKey[] {
      key(epoch, whom), key(epoch - 1, whom), key(epoch + 1, whom)
    };
  }

  private OpenSslSessionTicketKey key(long of, String clients) {
    byte[] bytes = secret.derive("key " + of + " " + clients, KEY_SIZE);
    int hmac = OpenSslSessionTicketKey.NAME_SIZE;
    int aes = hmac + OpenSslSessionTicketKey.HMAC_KEY_SIZE;
    return new OpenSslSessionTicketKey(
        Arrays.copyOf(bytes, hmac),
        Arrays.copyOfRange(bytes, hmac, aes),
        Arrays.copyOfRange(bytes, aes, KEY_SIZE));
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
