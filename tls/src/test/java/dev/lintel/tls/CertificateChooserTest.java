package dev.lintel.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Connections that wait for their turn.
class CertificateChooserTest {
  private final SslContexts contexts = new SslContexts(TicketKeys.random());
  private final CertificateIndex index =
      CertificateIndex.builder(
              contexts.of(SelfMadeCertificate.issue(Instant.now()), TlsPolicy.INTERMEDIATE))
          .build();
  private final List<Runnable> begins = new ArrayList<>();
  private final List<Runnable> ends = new ArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final EmbeddedChannel channel =
      new EmbeddedChannel(
          new CertificateChooser(
              () -> {
                asked.incrementAndGet();
                return index;
              },
              (begin, giveUp) -> {
                begins.add(begin);
                ends.add(giveUp);
              },
              System.nanoTime()));

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    contexts.close();
  }

  private static ByteBuf hello() throws Exception {
    SSLEngine engine = JsseClient.context().createSSLEngine("a.test", 443);
    engine.setUseClientMode(true);
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), out);
    return Unpooled.copiedBuffer(out.flip());
  }

  @Test
  void theCertificateIsChosenWhenItIsItsTurn() throws Exception {
    channel.writeInbound(hello());
    assertThat(begins).hasSize(1);
    assertThat(asked).hasValue(0);
    assertThat(channel.pipeline().get(SslHandler.class)).isNull();

    begins.getFirst().run();
    channel.runPendingTasks();

    assertThat(asked).hasValue(1);
    assertThat(channel.pipeline().get(SslHandler.class)).isNotNull();
    ByteBuf answer = channel.readOutbound();
    assertThat(answer.getByte(0)).as("a record of the handshake").isEqualTo((byte) 22);
    answer.release();
  }

  @Test
  void whoEndsBeforeLeavesNothingBehind() throws Exception {
    ByteBuf hello = hello();
    channel.writeInbound(hello);

    channel.close();
    ends.getFirst().run();
    channel.runPendingTasks();

    assertThat(asked).hasValue(0);
    assertThat(hello.refCnt()).isZero();
    assertThat((Object) channel.readOutbound()).isNull();
  }
}
