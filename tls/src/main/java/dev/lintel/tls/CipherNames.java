package dev.lintel.tls;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The names of ciphers: what Java calls `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` is OpenSSL's
/// `ECDHE-RSA-AES128-GCM-SHA256`. Those of TLS 1.3 have one name.
public final class CipherNames {
  private static final Map<String, String> KNOWN = new ConcurrentHashMap<>();
  private static final int MOST = 64;

  private CipherNames() {}

  /// OpenSSL's name for Java's.
  public static String openssl(String java) {
    String known = KNOWN.get(java);
    if (known != null) {
      return known;
    }
    String made = convert(java);
    if (KNOWN.size() < MOST) {
      KNOWN.put(java, made);
    }
    return made;
  }

  private static String convert(String java) {
    int with = java.indexOf("_WITH_");
    if (with < 0) {
      return java;
    }
    String exchange = java.substring(java.indexOf('_') + 1, with);
    String cipher =
        java.substring(with + "_WITH_".length())
            .replace("AES_", "AES")
            .replace("_CBC", "")
            .replace("CHACHA20_POLY1305_SHA256", "CHACHA20_POLY1305");
    String prefix = exchange.equals("RSA") ? "" : exchange + "_";
    return (prefix + cipher).replace('_', '-');
  }
}
