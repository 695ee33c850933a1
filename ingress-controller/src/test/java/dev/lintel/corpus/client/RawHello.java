package dev.lintel.corpus.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// ClientHello messages of any content, and what a server answers to them in the clear: up to TLS
/// 1.2 the certificate is a part of that.
public final class RawHello {
  /// The version number of TLS 1.2.
  public static final int TLS_12 = 0x0303;

  private static final int ALERT = 21;
  private static final int HANDSHAKE = 22;
  private static final int SERVER_HELLO = 2;
  private static final int CERTIFICATE = 11;
  private static final int ALPN = 16;

  private static final int[] CIPHERS = {
    0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc009, 0xc013, 0xc00a, 0xc014, 0x002f, 0x0035
  };
  private static final byte[] GROUPS = {0, 4, 0, 0x1d, 0, 0x17};
  private static final byte[] POINTS = {1, 0};
  private static final byte[] SIGNATURES = {0, 10, 4, 3, 5, 3, 8, 4, 4, 1, 2, 1};

  private RawHello() {}

  /// A record with a hello.
  ///
  /// @param name the server name, byte by byte; null for none
  /// @param protocols what ALPN offers; none without any
  public static byte[] of(int version, @Nullable String name, List<String> protocols) {
    ByteArrayOutputStream extensions = new ByteArrayOutputStream();
    if (name != null) {
      byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
      ByteBuffer list = ByteBuffer.allocate(5 + bytes.length);
      list.putShort((short) (3 + bytes.length)).put((byte) 0);
      list.putShort((short) bytes.length).put(bytes);
      extension(extensions, 0, list.array());
    }
    extension(extensions, 10, GROUPS);
    extension(extensions, 11, POINTS);
    if (version >= TLS_12) {
      extension(extensions, 13, SIGNATURES);
    }
    if (!protocols.isEmpty()) {
      ByteArrayOutputStream offered = new ByteArrayOutputStream();
      for (String protocol : protocols) {
        offered.write(protocol.length());
        offered.writeBytes(protocol.getBytes(StandardCharsets.ISO_8859_1));
      }
      byte[] all = offered.toByteArray();
      extension(
          extensions,
          ALPN,
          ByteBuffer.allocate(2 + all.length).putShort((short) all.length).put(all).array());
    }
    byte[] last = extensions.toByteArray();
    ByteBuffer body = ByteBuffer.allocate(43 + 2 * CIPHERS.length + last.length);
    body.putShort((short) version);
    for (int i = 0; i < 32; i++) {
      body.put((byte) (i * 7 + 1));
    }
    body.put((byte) 0).putShort((short) (2 * CIPHERS.length));
    for (int cipher : CIPHERS) {
      body.putShort((short) cipher);
    }
    body.put((byte) 1).put((byte) 0).putShort((short) last.length).put(last);
    return record(message(1, body.position(), body.array(), body.position()));
  }

  /// The begin of a hello that announces so many bytes and has so many.
  public static byte[] announcing(int length, int sent) {
    return record(message(1, length, new byte[sent], sent));
  }

  private static void extension(ByteArrayOutputStream out, int type, byte[] content) {
    out.writeBytes(
        ByteBuffer.allocate(4 + content.length)
            .putShort((short) type)
            .putShort((short) content.length)
            .put(content)
            .array());
  }

  private static byte[] message(int type, int announced, byte[] body, int length) {
    return ByteBuffer.allocate(4 + length)
        .putInt(type << 24 | announced & 0xffffff)
        .put(body, 0, length)
        .array();
  }

  private static byte[] record(byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) HANDSHAKE)
        .putShort((short) 0x0301)
        .putShort((short) message.length)
        .put(message)
        .array();
  }

  /// Reads what a server sent.
  public static Handshake read(String received) {
    ByteBuffer in = ByteBuffer.wrap(received.getBytes(StandardCharsets.ISO_8859_1));
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    Integer alert = null;
    while (in.remaining() > 5) {
      int type = in.get();
      in.getShort();
      byte[] content = new byte[Math.min(in.remaining() - 2, in.getShort(in.position()) & 0xffff)];
      in.getShort();
      in.get(content);
      if (type == ALERT && content.length == 2) {
        alert = (int) content[1];
      } else if (type == HANDSHAKE) {
        messages.writeBytes(content);
      }
    }
    return read(ByteBuffer.wrap(messages.toByteArray()), alert);
  }

  private static Handshake read(ByteBuffer in, @Nullable Integer alert) {
    X509Certificate certificate = null;
    String protocol = null;
    while (in.remaining() > 4) {
      int head = in.getInt();
      byte[] body = new byte[Math.min(in.remaining(), head & 0xffffff)];
      in.get(body);
      if (head >>> 24 == CERTIFICATE && body.length > 6) {
        certificate = certificate(body);
      } else if (head >>> 24 == SERVER_HELLO) {
        protocol = protocol(ByteBuffer.wrap(body));
      }
    }
    return new Handshake(alert, certificate, protocol, false, Handshake.EarlyData.NONE);
  }

  private static @Nullable X509Certificate certificate(byte[] list) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(list, 6, list.length - 6));
    } catch (CertificateException _) {
      return null;
    }
  }

  private static @Nullable String protocol(ByteBuffer hello) {
    hello.position(34);
    hello.position(hello.get() + hello.position() + 3);
    int end = hello.remaining() < 2 ? 0 : hello.getShort();
    while (end > 0 && hello.remaining() > 4) {
      int type = hello.getShort();
      byte[] content = new byte[hello.getShort() & 0xffff];
      hello.get(content);
      if (type == ALPN) {
        return new String(content, 3, content.length - 3, StandardCharsets.ISO_8859_1);
      }
    }
    return null;
  }
}
