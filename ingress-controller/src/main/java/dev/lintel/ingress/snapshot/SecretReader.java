package dev.lintel.ingress.snapshot;

import dev.lintel.ingress.snapshot.SecretView.Bytes;
import dev.lintel.tls.InvalidKeyMaterial;
import dev.lintel.tls.KeyMaterial;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a Secret: its pair of certificate and key is parsed here and nowhere else.
final class SecretReader {
  private static final String CERTIFICATE = "tls.crt";
  private static final String KEY = "tls.key";
  private static final String TLS_TYPE = "kubernetes.io/tls";

  /// Types that no Ingress can use: they are known to exist, and that is all that is kept of them.
  private static final Set<String> USELESS =
      Set.of(
          "helm.sh/release.v1",
          "kubernetes.io/dockercfg",
          "kubernetes.io/dockerconfigjson",
          "kubernetes.io/ssh-auth",
          "bootstrap.kubernetes.io/token");

  private SecretReader() {}

  /// Reads `data` (base64) and `stringData` (as it is, and stronger).
  static SecretView read(ObjectKey key, Fields fields) throws InvalidObject {
    String type = fields.text("type", "Opaque");
    if (USELESS.contains(type)) {
      return new SecretView(key, type, Map.of(), null, null);
    }
    Map<String, Bytes> data = new HashMap<>();
    for (Map.Entry<String, String> entry : fields.textMap("data").entrySet()) {
      data.put(entry.getKey(), new Bytes(decoded(fields, entry.getKey(), entry.getValue())));
    }
    for (Map.Entry<String, String> entry : fields.textMap("stringData").entrySet()) {
      data.put(entry.getKey(), new Bytes(entry.getValue().getBytes(StandardCharsets.UTF_8)));
    }
    Bytes certificate = data.remove(CERTIFICATE);
    Bytes privateKey = data.remove(KEY);
    return pair(key, type, Map.copyOf(data), certificate, privateKey);
  }

  private static SecretView pair(
      ObjectKey key,
      String type,
      Map<String, Bytes> data,
      @Nullable Bytes certificate,
      @Nullable Bytes privateKey) {
    if (certificate == null && privateKey == null && !type.equals(TLS_TYPE)) {
      return new SecretView(key, type, data, null, null);
    }
    if (certificate == null) {
      return new SecretView(key, type, data, null, "it has no " + CERTIFICATE);
    }
    if (privateKey == null) {
      return new SecretView(key, type, data, null, "it has no " + KEY);
    }
    try {
      KeyMaterial material = KeyMaterial.parse(certificate.value(), privateKey.value());
      return new SecretView(key, type, data, material, null);
    } catch (InvalidKeyMaterial e) {
      return new SecretView(key, type, data, null, e.getMessage());
    }
  }

  /// The message must not show a byte of the value.
  private static byte[] decoded(Fields fields, String name, String base64) throws InvalidObject {
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      throw fields.at("data").fault(name, "what is not base64", "base64, or stringData");
    }
  }
}
