package dev.lintel.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/// A self-signed certificate with its key, both as PEM, made by openssl. Its serial number is what
/// tells it from any other.
record Certificate(String certificatePem, String keyPem, BigInteger serial) {

  static Certificate of(String host) {
    BigInteger serial = new BigInteger(120, new SecureRandom()).setBit(119);
    try {
      Path key = Files.createTempFile("key", ".pem");
      Path certificate = Files.createTempFile("certificate", ".pem");
      try {
        Shell.run(
            Duration.ofSeconds(20),
            List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "30",
                "-set_serial",
                serial.toString(),
                "-subj",
                "/CN=" + host,
                "-addext",
                "subjectAltName=DNS:" + host,
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString()));
        return new Certificate(Files.readString(certificate), Files.readString(key), serial);
      } finally {
        Files.deleteIfExists(key);
        Files.deleteIfExists(certificate);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The Secret that an Ingress names under `tls`.
  String secret(String name) {
    return """
    apiVersion: v1
    kind: Secret
    type: kubernetes.io/tls
    metadata: {name: %s}
    data: {tls.crt: %s, tls.key: %s}
    """
        .formatted(name, base64(certificatePem), base64(keyPem));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }
}
