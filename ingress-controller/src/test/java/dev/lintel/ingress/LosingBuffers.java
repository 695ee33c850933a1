package dev.lintel.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// A `lintel` that loses a buffer before it begins: what the search for lost buffers must find.
final class LosingBuffers {
  private LosingBuffers() {}

  public static void main(String[] args) {
    ByteBuf lost = ByteBufAllocator.DEFAULT.directBuffer(16);
    lost.writeByte(1);
    lost = null;
    Main.main(args);
  }
}
