package dev.lintel.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

/// A client that sends whatever frames it is told to.
final class RawH2 implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  /// A frame as it came; `headers` are those of a HEADERS frame.
  record Frame(int type, int flags, int stream, byte[] payload, Http2Headers headers) {
    boolean isLast() {
      return (flags & END_STREAM) != 0;
    }

    int code() {
      int at = type == GOAWAY ? 4 : 0;
      return Unpooled.wrappedBuffer(payload).getInt(at);
    }

    int lastStream() {
      return Unpooled.wrappedBuffer(payload).getInt(0);
    }
  }

  private final Socket socket;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();

  RawH2(int port) throws IOException {
    this(port, new byte[0]);
  }

  /// With these settings; null for none at all.
  RawH2(int port, byte[] settings) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port), settings);
  }

  /// Over a connection that is there.
  RawH2(Socket socket, byte[] settings) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(10_000);
    in = new DataInputStream(socket.getInputStream());
    socket
        .getOutputStream()
        .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    if (settings != null) {
      send(SETTINGS, 0, 0, settings);
    }
  }

  /// Bytes as they are.
  void sendBytes(byte... bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  void send(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuf frame = Unpooled.buffer();
    frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
    frame.writeBytes(payload);
    socket.getOutputStream().write(frame.array(), 0, frame.readableBytes());
  }

  static byte[] fields(String... namesAndValues) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      out.write(0);
      literal(out, namesAndValues[i]);
      literal(out, namesAndValues[i + 1]);
    }
    return out.toByteArray();
  }

  private static void literal(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < 127) {
      out.write(bytes.length);
    } else {
      out.write(127);
      int rest = bytes.length - 127;
      while (rest >= 128) {
        out.write(rest & 127 | 128);
        rest >>>= 7;
      }
      out.write(rest);
    }
    out.writeBytes(bytes);
  }

  /// The pseudo fields of a GET and then these.
  static byte[] get(String path, String... more) {
    return request("GET", path, more);
  }

  /// The same of a POST.
  static byte[] post(String path, String... more) {
    return request("POST", path, more);
  }

  /// The pseudo fields of an extended CONNECT for a WebSocket and then these.
  static byte[] webSocket(String path, String... more) {
    List<String> all = new ArrayList<>(List.of(":protocol", "websocket"));
    all.addAll(List.of(more));
    return request("CONNECT", path, all.toArray(String[]::new));
  }

  private static byte[] request(String method, String path, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(":method", method, ":scheme", "http", ":path", path, ":authority", "a.test"));
    all.addAll(List.of(more));
    return fields(all.toArray(String[]::new));
  }

  void window(int stream, int bytes) throws IOException {
    byte[] payload = Unpooled.copyInt(bytes).array();
    send(WINDOW_UPDATE, 0, stream, payload);
  }

  /// The next frame, or null where none comes for so long.
  Frame readWithin(int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      return read();
    } catch (SocketTimeoutException _) {
      return null;
    } finally {
      socket.setSoTimeout(10_000);
    }
  }

  void headers(int stream, boolean last, byte[] fields) throws IOException {
    send(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, fields);
  }

  /// The next frame, or null where the connection is closed.
  Frame read() throws IOException {
    try {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = new byte[length];
      in.readFully(payload);
      // Every block is decoded, since each one builds on those before it.
      Http2Headers headers =
          type == HEADERS ? decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(payload)) : null;
      return new Frame(type, flags, stream, payload, headers);
    } catch (Http2Exception e) {
      throw new IOException(e);
    } catch (EOFException | SocketException | SSLException _) {
      return null;
    }
  }

  /// The next frame of this type; frames of other types are skipped. Null at the end.
  Frame read(int type) throws IOException {
    Frame frame = read();
    while (frame != null && frame.type() != type) {
      frame = read();
    }
    return frame;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
