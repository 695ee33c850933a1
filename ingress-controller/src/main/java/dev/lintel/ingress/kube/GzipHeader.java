package dev.lintel.ingress.kube;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;

/// The bytes before the packed data of a gzip member (RFC 1952, section 2.3), which may arrive in
/// any pieces.
final class GzipHeader {
  private static final int FIXED = 10;
  private static final int FLAGS_AT = 3;
  private static final int[] MAGIC = {0x1f, 0x8b, 8};
  private static final int CHECKSUM = 0x02;
  private static final int EXTRA = 0x04;
  private static final int NAME = 0x08;
  private static final int COMMENT = 0x10;

  private int seen;
  private int flags;
  private int toSkip;
  private int extraSeen;
  private int extraLow;

  /// Moves the piece's position behind what belongs to the header.
  ///
  /// @return whether what remains of the piece is packed data; else the header goes on in the next
  /// @throws DataFormatException where this is no gzip
  boolean skip(ByteBuffer piece) throws DataFormatException {
    while (!isOver()) {
      if (!piece.hasRemaining()) {
        return false;
      }
      take(piece.get() & 0xff);
    }
    return true;
  }

  private boolean isOver() {
    return seen == FIXED && flags == 0 && toSkip == 0;
  }

  private void take(int octet) throws DataFormatException {
    if (seen < FIXED) {
      takeFixed(octet);
    } else if (toSkip > 0) {
      toSkip--;
    } else if ((flags & EXTRA) != 0) {
      takeExtraLength(octet);
    } else if ((flags & NAME) != 0) {
      flags &= octet == 0 ? ~NAME : flags;
    } else if ((flags & COMMENT) != 0) {
      flags &= octet == 0 ? ~COMMENT : flags;
    } else {
      flags = 0;
      toSkip = 1;
    }
  }

  private void takeFixed(int octet) throws DataFormatException {
    if (seen < MAGIC.length && octet != MAGIC[seen]) {
      throw new DataFormatException("the body is not what its Content-Encoding says: gzip");
    }
    if (seen == FLAGS_AT) {
      flags = octet & (CHECKSUM | EXTRA | NAME | COMMENT);
    }
    seen++;
  }

  /// Two bytes, the lower one first.
  private void takeExtraLength(int octet) {
    toSkip = extraSeen == 0 ? 0 : extraLow | octet << 8;
    extraLow = octet;
    if (++extraSeen == 2) {
      flags &= ~EXTRA;
    }
  }
}
