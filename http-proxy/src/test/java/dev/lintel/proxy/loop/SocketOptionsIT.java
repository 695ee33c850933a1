package dev.lintel.proxy.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.proxy.LeakCheck;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a connection's peer sees of its end, on each transport.
@ExtendWith(LeakCheck.class)
class SocketOptionsIT {
  static Transport[] transports() {
    return new Transport[] {Transport.best(), Transport.portable()};
  }

  @ParameterizedTest
  @MethodSource("transports")
  void theEndOfAnOpenConnectionIsAReset(Transport transport) throws Exception {
    connect(
        transport,
        (ours, peer) -> {
          SocketOptions.resetsAtEnd(ours);
          ours.close().syncUninterruptibly();
          peer.setSoTimeout(10_000);

          assertThatThrownBy(() -> peer.getInputStream().read())
              .isInstanceOf(IOException.class)
              .hasMessageContaining("reset");
        });
  }

  @ParameterizedTest
  @MethodSource("transports")
  void oneThatIsClosedAlreadyStaysSo(Transport transport) throws Exception {
    connect(
        transport,
        (ours, peer) -> {
          ours.close().syncUninterruptibly();

          assertThatCode(() -> SocketOptions.resetsAtEnd(ours)).doesNotThrowAnyException();
          assertThat(peer.getInputStream().read()).isEqualTo(-1);
        });
  }

  private interface Scene {
    void play(Channel ours, Socket peer) throws Exception;
  }

  private static void connect(Transport transport, Scene scene) throws Exception {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.handlers());
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Channel ours =
          new Bootstrap()
              .group(group)
              .channel(transport.connected())
              .handler(new ChannelInboundHandlerAdapter())
              .connect(listening.getLocalSocketAddress())
              .sync()
              .channel();
      try (Socket peer = listening.accept()) {
        scene.play(ours, peer);
      }
    } finally {
      group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
  }
}
