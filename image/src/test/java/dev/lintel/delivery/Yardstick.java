package dev.lintel.delivery;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;

/// Work of the kind that a start is made of and that no change of Lintel can change: classes of the
/// Java runtime are read, linked and interpreted. How long it takes says how fast this machine is
/// just now: it prints its milliseconds on the core.
final class Yardstick {
  private static final int ROUNDS = 40;

  private Yardstick() {}

  public static void main(String[] arguments) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[0], new SecureRandom());
    int bytes = 0;
    for (int i = 0; i < ROUNDS; i++) {
      SSLEngine engine = context.createSSLEngine("yardstick.test", 443);
      engine.setUseClientMode(true);
      ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
      engine.wrap(ByteBuffer.allocate(0), hello);
      bytes += hello.position();
    }
    String time =
        DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss Z", Locale.ROOT)
            .format(ZonedDateTime.of(2026, 1, 2, 3, 4, 5, 6, ZoneId.of("Europe/Vienna")));
    if (bytes == 0 || !Pattern.compile("\\d+/Jan/2026.*").matcher(time).matches()) {
      throw new IllegalStateException("the yardstick did not do its work");
    }
    System.out.println(ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis());
  }
}
