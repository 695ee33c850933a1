package dev.lintel.proxy.message;

import java.util.ArrayList;
import java.util.List;

/// The fields behind a body (RFC 9110 6.5). What a proxy or a recipient would act upon before it
/// has them (framing, routing, control data, anything about the client) is left out when it is
/// added. Few messages have any, so these are plain objects.
public final class Trailers {
  /// Bytes of names and values together; what is beyond makes the message malformed.
  public static final int LONGEST = 16 * 1024;

  private final List<byte[]> texts = new ArrayList<>();
  private int size;

  /// None yet.
  public Trailers() {}

  /// Adds a field unless one of its name has no place here.
  ///
  /// @param name a token in lower case
  /// @param value without control bytes; neither array may be changed afterwards
  /// @return false where it is no field, or all of them are too long: the message is malformed
  public boolean add(byte[] name, byte[] value) {
    size += name.length + value.length;
    if (size > LONGEST || !isToken(name) || !isText(value)) {
      return false;
    }
    if (KnownNames.find(name, 0, name.length) == KnownNames.OTHER) {
      texts.add(name);
      texts.add(value);
    }
    return true;
  }

  private static boolean isToken(byte[] name) {
    for (byte b : name) {
      if (Octets.TOKEN[b & 0xff] == Octets.NO_TOKEN || b >= 'A' && b <= 'Z') {
        return false;
      }
    }
    return name.length > 0;
  }

  private static boolean isText(byte[] value) {
    for (byte b : value) {
      if (b >= 0 && b < 0x20 && b != '\t' || b == 0x7f) {
        return false;
      }
    }
    return true;
  }

  /// Number of fields.
  public int count() {
    return texts.size() / 2;
  }

  /// The name of field `i`, in lower case.
  public byte[] name(int i) {
    return texts.get(2 * i);
  }

  /// The value of field `i`.
  public byte[] value(int i) {
    return texts.get(2 * i + 1);
  }
}
