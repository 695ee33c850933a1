package dev.lintel.proxy.differential;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// What one client sends on one connection: a row of requests made from a grammar, most of them
/// right, some slightly wrong. The same seed gives the same bytes.
final class RandomRequests {
  private static final String[] METHODS = {
    "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"
  };
  private static final String[] HOSTS = {"a.test", "a.test", "A.Test", "a.test:80", "a.test."};
  private static final String[] FIELDS = {
    "Accept: */*",
    "accept-encoding:gzip",
    "Cookie: a=b; c=d",
    "X-Tab:\tin front and behind \t",
    "X-Empty:",
    "X-Text: \"quoted\", GET / HTTP/1.1",
    "X-Length: 5",
    "Content-Type: text/plain",
    "Connection: keep-alive",
    "TE: trailers",
    "Upgrade: h2c",
    "X-Latin: caf\u00e9"
  };
  private static final String[] EXTENSIONS = {
    "", "", ";a", ";a=b", ";a=\"b c\"", ";a=\"\\\"0;\";b", ";a=\";\\\\\""
  };
  private static final String[] WRONG_STARTS = {
    "GET  %s HTTP/1.1",
    "GET\t%s HTTP/1.1",
    " GET %s HTTP/1.1",
    "GET %s HTTP/1.1 ",
    "GET %s  HTTP/1.1",
    "GET %s HTTP/1.2",
    "GET %s HTTP/2.0",
    "GET %s http/1.1",
    "GET %s HTTP/1.10",
    "GET %s",
    "G(T %s HTTP/1.1",
    "GET %s#x HTTP/1.1",
    "GET %s\u00e9 HTTP/1.1",
    "GET http:/%s HTTP/1.1",
    "%s HTTP/1.1",
    "GET:%s HTTP/1.1"
  };
  private static final String[] WRONG_FIELDS = {
    "Content-Length: +5",
    "Content-Length: -1",
    "Content-Length: 5 5",
    "Content-Length: 5, 5",
    "Content-Length: 0x5",
    "Content-Length:",
    "Content-Length: 99999999999999999999",
    "Content-Length: 18446744073709551621",
    "Content-Length: 5\u0000",
    "Content-Length : 5",
    "Content-Length\t: 5",
    "Content-Length: 5;",
    "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding: identity",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: chunked;a=b",
    "Transfer-Encoding: chunke",
    "Transfer-Encoding: \u000bchunked",
    "Transfer-Encoding: \"chunked\"",
    "Transfer-Encoding:",
    "Transfer-Encoding : chunked",
    "Transfer_Encoding: chunked",
    "Transfer-Encoding\u0000: chunked",
    "X-Folded: a\r\n Transfer-Encoding: chunked",
    "X-Folded: a\r\n\tContent-Length: 5",
    " X-Leading: a",
    "X-None",
    ": no name",
    "X-Control: a\u0001b",
    "X-Delete: a\u007fb",
    "X Space: a",
    "X-Nul: a\u0000b",
    "Host: b.test",
    "Host: a.test",
    "Host : a.test",
    "Host: a b",
    "Host:",
    "Host: a.test, b.test",
    "Host: a.test/x",
    "Host: user@a.test",
    "Connection: content-length",
    "Connection: close, transfer-encoding",
    "Expect: 200-maybe",
    "X_Under: score",
    "Connection: host"
  };
  private static final String[] WRONG_SIZES = {
    "%x ; a = b",
    "%x;a =b",
    "0x%x",
    "%x ",
    " %x",
    "-%x",
    "+%x",
    "%x;",
    "%x;=",
    "%x;a=\"b",
    "%x;a=b;",
    "%x\t",
    "%x a",
    "%x,5",
    "%x;a=b\u0000",
    "00000000000000000%x",
    "%x;a\n",
    "%x\n",
    "",
    "g",
    "1%x",
    "%x;a b"
  };
  private static final String[] LINE_ENDS = {"\n", "\r", "\r\r\n", "\n\r", "\r\n\n", " \r\n"};
  private static final byte[] NASTY = {
    '\r', '\n', ' ', '\t', 0, ':', ';', '0', '1', 'a', (byte) 0xff, '"', ',', '/', 0x0b, 0x7f
  };

  private final Random random;
  private final String prefix;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private boolean wrong;

  private RandomRequests(long seed) {
    random = new Random(seed * 7_919 + 17);
    prefix = "/s" + seed + "/";
  }

  /// @param isGood whether nothing in it may be refused
  record Stream(byte[] bytes, boolean isGood) {}

  /// The bytes that a seed stands for.
  static Stream of(long seed) {
    RandomRequests made = new RandomRequests(seed);
    int requests = 1 + made.random.nextInt(5);
    for (int i = 0; i < requests; i++) {
      made.request(i, made.chance(12));
    }
    byte[] bytes = made.out.toByteArray();
    if (made.chance(10)) {
      bytes = made.mutated(bytes);
    }
    if (made.chance(6)) {
      bytes = java.util.Arrays.copyOf(bytes, made.random.nextInt(bytes.length));
    }
    return new Stream(bytes, !made.wrong);
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private String any(String... of) {
    return of[random.nextInt(of.length)];
  }

  /// One request; a wrong one has one mistake in one of its parts.
  private void request(int number, boolean isWrong) {
    wrong |= isWrong;
    int mistake = isWrong ? random.nextInt(4) : -1;
    String path = prefix + "r" + number + (chance(20) ? "?a=b&c=http://x/" : "");
    boolean old = chance(6);
    List<String> head = new ArrayList<>();
    if (mistake == 0) {
      head.add(any(WRONG_STARTS).replace("%s", path));
    } else {
      String target = chance(10) ? "http://a.test" + path : path;
      head.add(any(METHODS) + " " + target + (old ? " HTTP/1.0" : " HTTP/1.1"));
    }
    // The proxy under test has no route for a request without a host.
    boolean hostless = old && chance(50);
    wrong |= hostless;
    if (!hostless && !(mistake == 1 && chance(20))) {
      head.add("Host: " + (head.getFirst().contains("http://a") ? "a.test" : any(HOSTS)));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      head.add(1 + random.nextInt(head.size()), any(FIELDS));
    }
    if (chance(5)) {
      head.add("Connection: close");
    } else if (old && chance(50)) {
      head.add("Connection: Keep-Alive");
    }
    boolean chunked = !old && chance(40);
    String body = chunked ? chunks(mistake == 2) : content();
    if (chunked) {
      head.add(any("Transfer-Encoding: chunked", "transfer-encoding:Chunked \t"));
    } else if (!body.isEmpty() || chance(20)) {
      head.add(any("Content-Length: ", "content-length:", "Content-Length: 00") + body.length());
    }
    if (!body.isEmpty() && chance(10)) {
      head.add("Expect: 100-continue");
    }
    if (mistake == 1) {
      head.add(1 + random.nextInt(head.size()), any(WRONG_FIELDS));
    }
    if (chance(8)) {
      write("\r\n".repeat(1 + random.nextInt(2)));
    }
    int oddLine = mistake == 3 ? random.nextInt(head.size() + 1) : -1;
    for (int i = 0; i <= head.size(); i++) {
      write(i < head.size() ? head.get(i) : "");
      write(i == oddLine ? any(LINE_ENDS) : "\r\n");
    }
    write(body);
  }

  private String content() {
    return switch (random.nextInt(6)) {
      case 0, 1 -> "";
      case 2 -> "hello";
      case 3 -> "GET " + prefix + "smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n";
      case 4 -> "0\r\n\r\n";
      default -> {
        byte[] bytes = new byte[random.nextInt(chance(10) ? 40_000 : 300)];
        random.nextBytes(bytes);
        yield new String(bytes, StandardCharsets.ISO_8859_1);
      }
    };
  }

  private String chunks(boolean isWrong) {
    int count = (isWrong ? 1 : 0) + random.nextInt(3);
    int odd = isWrong ? random.nextInt(count + 1) : -1;
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < count; i++) {
      String data = content();
      if (data.isEmpty()) {
        data = "x";
      }
      boolean oddSize = i == odd && chance(60);
      String size = Integer.toHexString(data.length());
      if (oddSize) {
        body.append(any(WRONG_SIZES).replace("%x", size)).append("\r\n");
      } else {
        body.append(chance(10) ? "000" : "").append(size).append(any(EXTENSIONS)).append("\r\n");
      }
      body.append(data);
      body.append(i == odd && !oddSize ? any("", "\n", "\r", "x\r\n", "\r\n\r\n") : "\r\n");
    }
    if (odd == count) {
      return body + any("", "0\r\n", "0\n\r\n", "0\r\nbad trailer\r\n\r\n", "0\r\n X: a\r\n\r\n");
    }
    body.append(any("0", "0", "000")).append(any(EXTENSIONS)).append("\r\n");
    if (chance(15)) {
      body.append(any("X-Sum: 1\r\n", "Content-Length: 5\r\nX-Sum:2\r\n", "Trailer: a\r\n"));
    }
    return body.append("\r\n").toString();
  }

  /// One byte of the whole changed, put in or left out.
  private byte[] mutated(byte[] bytes) {
    wrong = true;
    int at = random.nextInt(bytes.length);
    byte nasty = NASTY[random.nextInt(NASTY.length)];
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    changed.write(bytes, 0, at);
    int kind = random.nextInt(3);
    if (kind > 0) {
      changed.write(nasty);
    }
    int rest = kind == 1 ? at : at + 1;
    changed.write(bytes, rest, bytes.length - rest);
    return changed.toByteArray();
  }

  private void write(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
