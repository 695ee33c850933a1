package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails a class of tests that left a buffer behind: every buffer is tracked while it runs, and
/// what is reported names where it was touched. Looked for once for a class, for a collection takes
/// longer than most tests do.
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {
  private static final int ROUNDS = 4;

  private final Logger detector = Logger.getLogger(ResourceLeakDetector.class.getName());
  private final List<String> reports = new CopyOnWriteArrayList<>();
  private final Handler listener =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          reports.add(entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @Override
  public void beforeAll(ExtensionContext context) {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    reports.clear();
    detector.addHandler(listener);
  }

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    // The detector finds a lost buffer when it was collected, and says so at the next allocation.
    for (int i = 0; i < ROUNDS; i++) {
      System.gc();
      Thread.sleep(10);
      ByteBufAllocator.DEFAULT.directBuffer(16).release();
    }
    detector.removeHandler(listener);
    assertThat(reports).as("buffers that nobody released").isEmpty();
  }
}
