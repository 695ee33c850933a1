package dev.lintel.proxy.edge.h3;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Which loop a packet is read on that came to the socket of the first.
class HandedOverTest {
  private static final int ID_LENGTH = 8;
  private static final InetSocketAddress CLIENT = new InetSocketAddress("127.0.0.1", 4433);

  private final List<HandedOver> sockets = new ArrayList<>();
  private final EmbeddedChannel first = socket();
  private final EmbeddedChannel second = socket();

  private EmbeddedChannel socket() {
    HandedOver handedOver = new HandedOver(sockets, ID_LENGTH);
    sockets.add(handedOver);
    return new EmbeddedChannel(handedOver.socket(), handedOver);
  }

  @AfterEach
  void close() {
    first.finishAndReleaseAll();
    second.finishAndReleaseAll();
  }

  @Test
  void aPacketIsReadWhereItsConnectionIs() {
    assertThat(receiver(withShortHeader(0))).isSameAs(first);
    assertThat(receiver(withShortHeader(1))).isSameAs(second);
  }

  @Test
  void soIsOneOfTheHandshake() {
    assertThat(receiver(withLongHeader(1, ID_LENGTH))).isSameAs(second);
  }

  @Test
  void whatBeginsWithAnIdThatIsNotOursStays() {
    assertThat(receiver(withShortHeader(2))).as("there is no third socket").isSameAs(first);
    assertThat(receiver(withLongHeader(1, ID_LENGTH + 1))).as("made by the client").isSameAs(first);
    assertThat(receiver(Unpooled.wrappedBuffer(new byte[] {0x40, 0, 1}))).isSameAs(first);
  }

  @Test
  void whatComesForALoopThatHasEndedIsLost() {
    second.pipeline().removeLast();

    ByteBuf content = withShortHeader(1);
    first.writeInbound(new DatagramPacket(content, CLIENT, CLIENT));

    assertThat(content.refCnt()).isZero();
  }

  private EmbeddedChannel receiver(ByteBuf content) {
    first.writeInbound(new DatagramPacket(content, CLIENT, CLIENT));
    second.runPendingTasks();
    for (EmbeddedChannel each : List.of(first, second)) {
      DatagramPacket read = each.readInbound();
      if (read != null) {
        read.release();
        return each;
      }
    }
    throw new AssertionError("nobody read it");
  }

  private static ByteBuf withShortHeader(int socket) {
    return Unpooled.buffer().writeByte(0x40).writeShort(socket).writeZero(20);
  }

  private static ByteBuf withLongHeader(int socket, int idLength) {
    return Unpooled.buffer()
        .writeByte(0xc0)
        .writeInt(1)
        .writeByte(idLength)
        .writeShort(socket)
        .writeZero(20);
  }
}
