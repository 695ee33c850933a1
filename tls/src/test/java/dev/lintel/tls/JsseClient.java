package dev.lintel.tls;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/// The JDK's own TLS as a client that takes any certificate.
final class JsseClient {
  private JsseClient() {}

  /// A client without sessions so far.
  static SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      TrustManager[] all = InsecureTrustManagerFactory.INSTANCE.getTrustManagers();
      context.init(null, Arrays.copyOf(all, 1), new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
