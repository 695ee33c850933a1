package dev.lintel.proxy.upstream.fcgi;

import dev.lintel.proxy.loop.Loop;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns the head that was written for an HTTP/1.1 upstream into the parameters of a FastCGI
/// request: those that nginx sends, the fields of the request as `HTTP_*`, and those that the
/// upstream has of its own. One for each connection.
///
/// The head is our own, so its lines are what they should be. What it says of the client
/// (`X-Real-IP`, `X-Forwarded-*`) is what the proxy says, never the client.
final class FcgiRequest {
  private static final int CASE = 0x20;
  private static final byte[] ROOT = ascii("/etc/nginx/html");
  private static final byte[] PROTOCOL = ascii("HTTP/1.1");
  private static final byte[] ON = ascii("on");
  private static final byte[] HTTPS = ascii("https");
  private static final byte[] BASIC = ascii("basic ");

  /// The line that the head writer adds for this protocol; no field of a client has such a name.
  private static final byte[] ORIGINAL = ascii("=request-uri");

  private static final byte[] HOST = ascii("host");
  private static final byte[] AUTHORIZATION = ascii("authorization");
  private static final byte[] COOKIE = ascii("cookie");
  private static final byte[] TYPE = ascii("content-type");
  private static final byte[] LENGTH = ascii("content-length");
  private static final byte[] REAL_IP = ascii("x-real-ip");
  private static final byte[] PORT = ascii("x-forwarded-port");
  private static final byte[] SCHEME = ascii("x-forwarded-scheme");

  private static final List<FcgiParam> USUAL =
      List.of(
          usual("QUERY_STRING", "$query_string"),
          usual("REQUEST_METHOD", "$request_method"),
          usual("CONTENT_TYPE", "$content_type"),
          usual("CONTENT_LENGTH", "$content_length"),
          usual("SCRIPT_NAME", "$fastcgi_script_name"),
          usual("REQUEST_URI", "$request_uri"),
          usual("DOCUMENT_URI", "$document_uri"),
          usual("DOCUMENT_ROOT", "$document_root"),
          usual("SERVER_PROTOCOL", "$server_protocol"),
          usual("REQUEST_SCHEME", "$scheme"),
          usual("HTTPS", "$https"),
          usual("GATEWAY_INTERFACE", "CGI/1.1"),
          // Applications look for the second name to know how they are called.
          usual("SERVER_SOFTWARE", "lintel (nginx)"),
          usual("REMOTE_ADDR", "$remote_addr"),
          usual("SERVER_PORT", "$server_port"),
          usual("SERVER_NAME", "$server_name"),
          usual("REDIRECT_STATUS", "200"));

  private final FastCgi settings;
  private final Loop loop;
  private final FcgiParam[] params;
  private final byte[] index;
  private final RequestLines lines = new RequestLines();
  private byte[] value = new byte[1024];
  private int at;

  FcgiRequest(FastCgi settings, Loop loop) {
    this.settings = settings;
    this.loop = loop;
    this.index = settings.index().getBytes(StandardCharsets.UTF_8);
    this.params = params(settings.params());
  }

  private static FcgiParam usual(String name, String text) {
    return new FcgiParam(name, ((FcgiText.Parsed) FcgiText.parse(text)).text());
  }

  private static FcgiParam[] params(List<FcgiParam> own) {
    List<FcgiParam> all = new ArrayList<>();
    for (FcgiParam usual : USUAL) {
      if (!has(own, usual.name())) {
        all.add(usual);
      }
    }
    all.addAll(own);
    return all.toArray(FcgiParam[]::new);
  }

  private static boolean has(List<FcgiParam> params, String name) {
    for (FcgiParam each : params) {
      if (each.name().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Writes the begin of the request, with all of its parameters.
  ///
  /// @param bytes the head; stays in the caller's ownership
  /// @return false where the path leads elsewhere once it is decoded, or there are too many fields;
  ///   nothing is written then
  boolean write(ByteBuf bytes, ByteBuf to) {
    byte[] scratch = loop.out();
    int length = bytes.readableBytes();
    bytes.getBytes(bytes.readerIndex(), scratch, 0, length);
    if (!lines.read(scratch, length)) {
      return false;
    }
    ByteBuf pairs = loop.allocator().heapBuffer(length + 1024);
    try {
      for (FcgiParam param : params) {
        evaluate(param.value());
        // As nginx has it: a parameter without a value says nothing, and HTTPS= says something.
        if (at > 0 || !param.name().equals("HTTPS")) {
          pair(pairs, ascii(param.name()), value, at);
        }
      }
      fields(pairs);
      Fcgi.begin(to, settings.keepsConnections());
      Fcgi.stream(to, Fcgi.PARAMS, pairs);
    } finally {
      pairs.release();
    }
    return true;
  }

  // ------------------------------------------------------------------ values

  private void evaluate(FcgiText text) {
    at = 0;
    for (int i = 0; i < text.parts().size(); i++) {
      FcgiText.Part part = text.parts().get(i);
      put(part.literal(), 0, part.literal().length);
      FcgiText.Variable variable = part.variable();
      if (variable != null) {
        put(variable, part.field());
      }
    }
  }

  private void put(FcgiText.Variable variable, byte[] field) {
    switch (variable) {
      case ARGS, QUERY_STRING -> put(lines.bytes(), lines.queryBegin(), lines.targetEnd());
      case REQUEST_METHOD -> put(lines.bytes(), 0, lines.methodEnd());
      case CONTENT_TYPE -> field(TYPE);
      case CONTENT_LENGTH -> field(LENGTH);
      case FASTCGI_SCRIPT_NAME -> script();
      case URI, DOCUMENT_URI -> put(lines.path(), 0, lines.path().length);
      case DOCUMENT_ROOT -> put(ROOT, 0, ROOT.length);
      case SERVER_PROTOCOL -> put(PROTOCOL, 0, PROTOCOL.length);
      case SCHEME -> field(SCHEME);
      case HTTPS -> {
        if (isSecure()) {
          put(ON, 0, ON.length);
        }
      }
      case REMOTE_ADDR -> field(REAL_IP);
      case REMOTE_USER -> user();
      case SERVER_PORT -> field(PORT);
      case SERVER_NAME, HOST -> host();
      case REQUEST_URI -> target();
      case HTTP -> field(field);
    }
  }

  /// The path, with the index behind a directory.
  private void script() {
    byte[] path = lines.path();
    put(path, 0, path.length);
    if (path.length > 0 && path[path.length - 1] == '/') {
      put(index, 0, index.length);
    }
  }

  private boolean isSecure() {
    int i = lines.find(SCHEME);
    return i >= 0
        && Arrays.equals(lines.bytes(), lines.value(i), lines.valueEnd(i), HTTPS, 0, HTTPS.length);
  }

  private void field(byte[] lower) {
    int i = lines.find(lower);
    if (i >= 0) {
      putValue(i);
    }
  }

  private void putValue(int field) {
    put(lines.bytes(), lines.value(field), lines.valueEnd(field));
  }

  /// As the client sent it, if the writer of the head says so.
  private void target() {
    int i = lines.find(ORIGINAL);
    if (i >= 0) {
      putValue(i);
    } else {
      put(lines.bytes(), lines.targetBegin(), lines.targetEnd());
    }
  }

  /// Without its port.
  private void host() {
    int i = lines.find(HOST);
    if (i < 0) {
      return;
    }
    byte[] head = lines.bytes();
    int begin = lines.value(i);
    int end = lines.valueEnd(i);
    int p = end;
    while (p > begin && head[p - 1] >= '0' && head[p - 1] <= '9') {
      p--;
    }
    boolean hasPort = p > begin && head[p - 1] == ':';
    put(head, begin, hasPort ? p - 1 : end);
  }

  /// What `Authorization` says, whoever looked at it.
  private void user() {
    int i = lines.find(AUTHORIZATION);
    if (i < 0 || lines.valueEnd(i) - lines.value(i) <= BASIC.length) {
      return;
    }
    byte[] head = lines.bytes();
    int from = lines.value(i);
    for (int k = 0; k < BASIC.length; k++) {
      if ((head[from + k] | CASE) != BASIC[k]) {
        return;
      }
    }
    byte[] said = decoded(Arrays.copyOfRange(head, from + BASIC.length, lines.valueEnd(i)));
    if (said != null) {
      int colon = 0;
      while (colon < said.length && said[colon] != ':') {
        colon++;
      }
      put(said, 0, colon);
    }
  }

  private static byte @Nullable [] decoded(byte[] base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  private void put(byte[] from, int begin, int end) {
    int length = end - begin;
    if (at + length > value.length) {
      value = Arrays.copyOf(value, Math.max(value.length * 2, at + length));
    }
    System.arraycopy(from, begin, value, at, length);
    at += length;
  }

  // ------------------------------------------------------------------ writing

  /// The fields of the request; several of one name become one list.
  private void fields(ByteBuf to) {
    for (int i = 0; i < lines.count(); i++) {
      if (lines.isNamed(i, ORIGINAL)
          || lines.isNamed(i, TYPE)
          || lines.isNamed(i, LENGTH)
          || lines.isSaid(i)) {
        continue;
      }
      at = 0;
      putValue(i);
      for (int k = i + 1; k < lines.count(); k++) {
        if (lines.isSame(i, k)) {
          put(lines.isNamed(i, COOKIE) ? ';' : ',');
          put(' ');
          putValue(k);
        }
      }
      pair(to, lines.param(i), value, at);
    }
  }

  private void put(char c) {
    if (at == value.length) {
      value = Arrays.copyOf(value, value.length * 2);
    }
    value[at++] = (byte) c;
  }

  private static void pair(ByteBuf to, byte[] name, byte[] value, int length) {
    length(to, name.length);
    length(to, length);
    to.writeBytes(name).writeBytes(value, 0, length);
  }

  private static void length(ByteBuf to, int length) {
    if (length < 0x80) {
      to.writeByte(length);
    } else {
      to.writeInt(length | 0x8000_0000);
    }
  }
}
