package dev.lintel.proxy.upstream.fcgi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Transport;
import dev.lintel.proxy.upstream.Endpoint;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultEventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What applications may say in the log.
class FcgiErrorsTest {
  private final Logger log = Logger.getLogger(FcgiErrors.class.getName());
  private final List<String> lines = new ArrayList<>();
  private final Handler listener =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          lines.add(new SimpleFormatter().formatMessage(entry));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private final DefaultEventLoop thread = new DefaultEventLoop();
  private final FcgiErrors errors =
      new FcgiErrors(
          new Loop(0, thread, Transport.portable()),
          new Endpoint(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9_000)));

  @BeforeEach
  void listen() {
    log.addHandler(listener);
  }

  @AfterEach
  void close() {
    log.removeHandler(listener);
    thread.shutdownGracefully();
  }

  @Test
  void aRequestSaysSoMuch() {
    StringBuilder said = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      said = errors.add(said, Unpooled.copiedBuffer("x".repeat(100), StandardCharsets.UTF_8));
    }
    errors.tell(said);
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0).length()).isBetween(2_048, 2_200);
  }

  @Test
  void aTerminalObeysNothingOfIt() {
    errors.tell("a\u001b[31mb\r\nc\u202ed");
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).endsWith("a [31mb  c d");
  }

  @Test
  void soManyRequestsSaySomethingInASecond() {
    for (int i = 0; i < 1_000; i++) {
      errors.tell("again");
    }
    assertThat(lines).hasSize(10);
  }
}
