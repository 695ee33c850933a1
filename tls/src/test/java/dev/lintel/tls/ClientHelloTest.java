package dev.lintel.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class ClientHelloTest {
  @Test
  void findsTls13AmongTheVersions() {
    assertThat(ClientHello.read(hello(0x0304)).offersTls13()).isTrue();
    assertThat(ClientHello.read(hello(0x7a7a, 0x0304, 0x0303)).offersTls13()).isTrue();
    assertThat(ClientHello.read(hello(0x0303, 0x0302)).offersTls13()).isFalse();
  }

  @Test
  void aHelloThatIsCutAnywhereIsNoTls13AndNoError() {
    ByteBuf whole = hello(0x0303, 0x0304);
    for (int length = 0; length < whole.readableBytes(); length++) {
      assertThat(ClientHello.read(whole.slice(0, length)).offersTls13()).isFalse();
    }
  }

  @Test
  void lengthsBeyondTheEndAreHarmless() {
    ByteBuf hello = hello(0x0304);
    for (int at = 34; at < hello.writerIndex(); at++) {
      ByteBuf broken = hello.copy().setByte(at, 0xff);
      var _ = ClientHello.read(broken);
      assertThat(broken.readerIndex()).isZero();
    }
  }

  private static ByteBuf hello(int... versions) {
    ByteBuf hello = Unpooled.buffer();
    hello.writeShort(0x0303).writeZero(32);
    hello.writeByte(2).writeShort(7); // session id
    hello.writeShort(2).writeShort(0x1301);
    hello.writeByte(1).writeByte(0);
    hello.writeShort(4 + 3 + 4 + 1 + 2 * versions.length);
    hello.writeShort(10).writeShort(3).writeZero(3);
    hello.writeShort(43).writeShort(1 + 2 * versions.length).writeByte(2 * versions.length);
    for (int version : versions) {
      hello.writeShort(version);
    }
    return hello;
  }
}
