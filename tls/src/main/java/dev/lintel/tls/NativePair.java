package dev.lintel.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.OpenSsl;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;

/// Asks the TLS library whether a key belongs to a certificate.
///
/// The JDK has no public way to compute the public point of an EC key; signing and verifying with
/// it takes a hundred times as long, and a tenth of a second in a process that has just started.
final class NativePair {
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private NativePair() {}

  static boolean matches(X509Certificate leaf, PrivateKey key) {
    OpenSsl.ensureAvailability();
    long context = 0;
    long connection = 0;
    long chain = 0;
    long secret = 0;
    try {
      context = SSLContext.make(SSL.SSL_PROTOCOL_TLSV1_2, SSL.SSL_MODE_SERVER);
      connection = SSL.newSSL(context, true);
      chain = parse("CERTIFICATE", leaf.getEncoded(), SSL::parseX509Chain);
      secret = parse("PRIVATE KEY", key.getEncoded(), bio -> SSL.parsePrivateKey(bio, ""));
      SSL.setKeyMaterial(connection, chain, secret);
      return true;
    } catch (Exception _) { // all that the library says where they do not match
      SSL.clearError();
      return false;
    } finally {
      if (secret != 0) {
        SSL.freePrivateKey(secret);
      }
      if (chain != 0) {
        SSL.freeX509Chain(chain);
      }
      if (connection != 0) {
        SSL.freeSSL(connection);
      }
      if (context != 0) {
        SSLContext.free(context);
      }
    }
  }

  /// What reads a text in native memory and returns what it means, in native memory as well.
  private interface Parser {
    long parse(long bio) throws Exception;
  }

  private static long parse(String label, byte[] der, Parser parser) throws Exception {
    long bio = pem(label, der);
    try {
      return parser.parse(bio);
    } finally {
      SSL.freeBIO(bio);
    }
  }

  /// The bytes as PEM in native memory; what is left of them in this process is wiped.
  private static long pem(String label, byte[] der) throws Exception {
    byte[] body = LINES.encode(der);
    ByteBuf text = Unpooled.directBuffer(body.length + 64);
    try {
      text.writeCharSequence("-----BEGIN " + label + "-----\n", StandardCharsets.US_ASCII);
      text.writeBytes(body);
      text.writeCharSequence("\n-----END " + label + "-----\n", StandardCharsets.US_ASCII);
      long bio = SSL.newMemBIO();
      if (SSL.bioWrite(bio, text.memoryAddress(), text.readableBytes()) != text.readableBytes()) {
        SSL.freeBIO(bio);
        throw new IllegalStateException("no native memory for a certificate");
      }
      return bio;
    } finally {
      Arrays.fill(der, (byte) 0);
      Arrays.fill(body, (byte) 0);
      text.setZero(0, text.capacity());
      text.release();
    }
  }
}
