package dev.lintel.ingress.snapshot;

import dev.lintel.tls.KeyMaterial;
import dev.lintel.tls.SelfMadeCertificate;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.util.Base64;

/// A fresh pair of certificate and key, as the PEM text a Secret holds.
public record Pems(KeyMaterial material, String certificate, String key) {
  public static Pems fresh() {
    return of(SelfMadeCertificate.issue(Instant.now()));
  }

  /// The PEM text of a pair.
  public static Pems of(KeyMaterial material) {
    try {
      return new Pems(
          material,
          pem("CERTIFICATE", material.leaf().getEncoded()),
          pem("PRIVATE KEY", material.privateKey().getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  /// A YAML document of a Secret with this pair.
  public String secret(String namespace, String name) {
    return """
        apiVersion: v1
        kind: Secret
        metadata: {namespace: %s, name: %s}
        type: kubernetes.io/tls
        data:
          tls.crt: %s
          tls.key: %s
        """
        .formatted(namespace, name, base64(certificate), base64(key));
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String pem(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}
