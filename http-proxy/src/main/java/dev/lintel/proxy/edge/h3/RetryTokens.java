package dev.lintel.proxy.edge.h3;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.QuicTokenHandler;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Has every client prove that it receives what is sent to its address, before anything is kept for
/// it (RFC 9000 8.1.2): the first packet is answered by a Retry with a token, which the second one
/// must bring back from the same address and port.
///
/// A token is the second it was made in, a code over that, the address and the client's first
/// connection id, and this id. One for each socket, on its loop; they share the key.
final class RetryTokens implements QuicTokenHandler {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;
  private static final int CODE_BYTES = 16;
  private static final int BEFORE_ID = Long.BYTES + CODE_BYTES;
  private static final int LONGEST_ID = 20;

  private final Mac mac;
  private final LongSupplier seconds;
  private final int idLength;

  /// @param idLength of connection ids that are ours
  /// @param seconds a clock that does not go back
  RetryTokens(byte[] key, int idLength, LongSupplier seconds) {
    this.idLength = idLength;
    this.seconds = seconds;
    try {
      mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  /// A key for one process.
  static byte[] newKey() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return key;
  }

  @Override
  public boolean writeToken(ByteBuf out, ByteBuf id, InetSocketAddress address) {
    long now = seconds.getAsLong();
    out.writeLong(now);
    out.writeBytes(code(now, id, address));
    out.writeBytes(id, id.readerIndex(), id.readableBytes());
    return true;
  }

  @Override
  public TokenValidationResult validateToken(
      ByteBuf token, InetSocketAddress address, ByteBuf currentId) {
    // The id of the second packet is the one that we chose in the Retry.
    int offset = currentId.readableBytes() == idLength ? validateToken(token, address) : -1;
    return offset < 0
        ? TokenValidationResult.invalidToken()
        : TokenValidationResult.odcidFromToken(offset);
  }

  @Override
  public int validateToken(ByteBuf token, InetSocketAddress address) {
    int idBytes = token.readableBytes() - BEFORE_ID;
    if (idBytes < 0 || idBytes > LONGEST_ID) {
      return -1;
    }
    int at = token.readerIndex();
    long made = token.getLong(at);
    long age = seconds.getAsLong() - made;
    if (age < 0 || age > H3Limits.TOKEN_SECONDS) {
      return -1;
    }
    byte[] code = new byte[CODE_BYTES];
    token.getBytes(at + Long.BYTES, code);
    byte[] right = code(made, token.slice(at + BEFORE_ID, idBytes), address);
    return MessageDigest.isEqual(code, right) ? BEFORE_ID : -1;
  }

  private byte[] code(long made, ByteBuf id, InetSocketAddress address) {
    byte[] host = address.getAddress().getAddress();
    ByteBuffer text =
        ByteBuffer.allocate(Long.BYTES + 1 + host.length + Integer.BYTES + LONGEST_ID);
    text.putLong(made).put((byte) host.length).put(host).putInt(address.getPort());
    for (int i = 0; i < Math.min(LONGEST_ID, id.readableBytes()); i++) {
      text.put(id.getByte(id.readerIndex() + i));
    }
    mac.update(text.flip());
    return Arrays.copyOf(mac.doFinal(), CODE_BYTES);
  }

  @Override
  public int maxTokenLength() {
    return BEFORE_ID + LONGEST_ID;
  }
}
