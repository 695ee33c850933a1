package dev.lintel.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.OpenSsl;
import io.netty.internal.tcnative.SSL;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// The public point that most files of EC keys carry beside the private number (RFC 5915): where it
/// is there, the TLS library tells in microseconds whether the two belong together, for which the
/// JDK has to sign and verify.
final class EcKeys {
  private static final int POINT = 0xa1; // [1] EXPLICIT

  private EcKeys() {}

  /// Whether a private key is surely that of a public key. False says nothing: the point may be
  /// missing or written in another form.
  ///
  /// @param pkcs8 the private key
  /// @param spki the public key as certificates have it (SubjectPublicKeyInfo)
  static boolean surelyMatch(byte[] pkcs8, byte[] spki) {
    byte[] own = pointOfPrivate(pkcs8);
    return own != null && Arrays.equals(own, pointOfPublic(spki)) && isWhole(pkcs8);
  }

  private static byte @Nullable [] pointOfPublic(byte[] spki) {
    Der outer = Der.over(spki);
    if (outer.next()) {
      Der fields = outer.inside();
      if (fields.next() && fields.next() && fields.tag() == Der.BIT_STRING) {
        return fields.value();
      }
    }
    return null;
  }

  private static byte @Nullable [] pointOfPrivate(byte[] pkcs8) {
    Der outer = Der.over(pkcs8);
    if (!outer.next()) {
      return null;
    }
    Der fields = outer.inside();
    while (fields.next()) {
      if (fields.tag() == Der.OCTET_STRING) {
        Der key = fields.inside();
        return key.next() ? pointOf(key.inside()) : null;
      }
    }
    return null;
  }

  private static byte @Nullable [] pointOf(Der key) {
    while (key.next()) {
      if (key.tag() == POINT) {
        Der point = key.inside();
        return point.next() && point.tag() == Der.BIT_STRING ? point.value() : null;
      }
    }
    return null;
  }

  /// The TLS library refuses a key whose point is not that of its private number.
  private static boolean isWhole(byte[] pkcs8) {
    if (!OpenSsl.isAvailable()) {
      return false;
    }
    byte[] base64 = Base64.getMimeEncoder().encode(pkcs8);
    ByteBuf pem = Unpooled.directBuffer(base64.length + 64);
    try {
      pem.writeCharSequence("-----BEGIN PRIVATE KEY-----\n", StandardCharsets.US_ASCII);
      pem.writeBytes(base64);
      pem.writeCharSequence("\n-----END PRIVATE KEY-----\n", StandardCharsets.US_ASCII);
      return isWhole(pem);
    } finally {
      Arrays.fill(base64, (byte) 0);
      pem.setZero(0, pem.capacity());
      pem.release();
    }
  }

  private static boolean isWhole(ByteBuf pem) {
    long bio = 0;
    try {
      bio = SSL.newMemBIO();
      int length = pem.readableBytes();
      if (SSL.bioWrite(bio, pem.memoryAddress(), length) != length) {
        return false;
      }
      SSL.freePrivateKey(SSL.parsePrivateKey(bio, null));
      return true;
    } catch (Exception _) {
      return false;
    } finally {
      if (bio != 0) {
        SSL.freeBIO(bio);
      }
    }
  }
}
