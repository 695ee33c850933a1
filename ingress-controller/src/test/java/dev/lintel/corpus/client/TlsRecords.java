package dev.lintel.corpus.client;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The records of a TLS 1.3 connection, in the clear at first and then under AES-128-GCM (RFC 8446,
/// 5).
final class TlsRecords {
  static final int ALERT = 21;
  static final int HANDSHAKE = 22;
  static final int DATA = 23;

  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int TAG = 16;
  private static final int NONCE = 12;

  /// One of them, opened.
  record Opened(int type, byte[] content) {}

  private final DataInputStream in;
  private final OutputStream out;
  private @Nullable Direction reading;
  private @Nullable Direction writing;

  TlsRecords(InputStream in, OutputStream out) {
    this.in = new DataInputStream(in);
    this.out = out;
  }

  /// What comes from now on is under keys of this secret.
  void readUnder(byte[] secret) {
    reading = new Direction(secret);
  }

  /// What goes out from now on is under keys of this secret.
  void writeUnder(byte[] secret) {
    writing = new Direction(secret);
  }

  void write(int type, byte[] content) throws IOException {
    Direction direction = writing;
    if (direction == null) {
      out.write(Octets.of(header(type, content.length), content));
      return;
    }
    byte[] header = header(DATA, content.length + 1 + TAG);
    byte[] inner = Octets.of(content, Octets.number(1, type));
    out.write(Octets.of(header, direction.apply(Cipher.ENCRYPT_MODE, header, inner)));
  }

  /// The next one.
  ///
  /// @throws EOFException where there is none
  /// @throws IOException also for an alert, which it names; the orderly end is an [EOFException]
  Opened read() throws IOException {
    byte[] header = new byte[5];
    do {
      in.readFully(header);
      byte[] content = new byte[(header[3] & 0xff) << 8 | header[4] & 0xff];
      in.readFully(content);
      if (header[0] != CHANGE_CIPHER_SPEC) {
        return checked(opened(header, content));
      }
    } while (true);
  }

  private Opened opened(byte[] header, byte[] content) throws IOException {
    Direction direction = reading;
    if (direction == null || header[0] != DATA) {
      return new Opened(header[0], content);
    }
    byte[] inner = direction.apply(Cipher.DECRYPT_MODE, header, content);
    int last = inner.length - 1;
    while (last > 0 && inner[last] == 0) {
      last--;
    }
    return new Opened(inner[last], Arrays.copyOf(inner, last));
  }

  private static Opened checked(Opened opened) throws IOException {
    if (opened.type() == ALERT) {
      if (opened.content()[1] == 0) {
        throw new EOFException("close_notify");
      }
      throw new IOException("alert " + opened.content()[1]);
    }
    return opened;
  }

  private static byte[] header(int type, int length) {
    return Octets.of(Octets.number(1, type), Octets.number(2, 0x0303), Octets.number(2, length));
  }

  /// The keys of one direction, and how many records they have been used for.
  private static final class Direction {
    private final SecretKeySpec key;
    private final byte[] iv;
    private long count;

    Direction(byte[] secret) {
      key = new SecretKeySpec(TlsSecrets.expand(secret, "key", new byte[0], 16), "AES");
      iv = TlsSecrets.expand(secret, "iv", new byte[0], NONCE);
    }

    byte[] apply(int mode, byte[] header, byte[] content) throws IOException {
      byte[] nonce = iv.clone();
      for (int i = 0; i < 8; i++) {
        nonce[NONCE - 1 - i] ^= (byte) (count >>> 8 * i);
      }
      count++;
      try {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG, nonce));
        cipher.updateAAD(header);
        return cipher.doFinal(content);
      } catch (GeneralSecurityException e) {
        throw new IOException(e);
      }
    }
  }
}
