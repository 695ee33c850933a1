package dev.lintel.proxy.differential;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Reads requests from bytes by the letter of RFC 9112, and takes nothing that two readers could
/// take for different things. It is slow and plain, and shares no code with the product: what the
/// two agree on was understood twice.
final class StrictParser {
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern TARGET = Pattern.compile("(http://[^/?#]+)?/[!-~&&[^#]]*");
  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]+(:[0-9]*)?");
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,15}");
  private static final Pattern CHUNK =
      Pattern.compile(
          "([0-9A-Fa-f]{1,15})(?:[ \\t]*;[ \\t]*T(?:[ \\t]*=[ \\t]*(?:T|\"(?:Q|\\\\P)*\"))?)*"
              .replace("T", TOKEN.pattern())
              .replace("Q", "[\\t\\x20\\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]")
              .replace("P", "[\\t\\x20-\\x7e\\x80-\\xff]"));

  /// One whole request.
  record Request(String method, String target, List<Field> fields, String body, boolean isLast) {
    /// The values of a field.
    List<String> values(String name) {
      return fields.stream().filter(f -> f.name().equals(name)).map(Field::value).toList();
    }

    /// The path and query, also of a target that names its host.
    String origin() {
      return target.startsWith("/") ? target : target.substring(target.indexOf('/', 7));
    }
  }

  /// A field, its name in lower case.
  record Field(String name, String value) {}

  /// Why the bytes are a request to nobody.
  static final class BrokenRequest extends Exception {
    private static final long serialVersionUID = 1;

    BrokenRequest(String why) {
      super(why);
    }
  }

  /// How a row of requests ended.
  enum End {
    /// Behind a whole request.
    CLEAN,
    /// Within a request.
    CUT,
    /// At a request that says it is the last: what follows is not looked at.
    LAST,
    /// At bytes that are no request.
    BROKEN
  }

  /// All that a client's bytes say.
  record Reading(List<Request> requests, End end, String why) {}

  private final InputStream in;

  StrictParser(InputStream in) {
    this.in = in;
  }

  /// Reads everything a client sent.
  static Reading readAll(byte[] bytes) {
    StrictParser parser = new StrictParser(new ByteArrayInputStream(bytes));
    List<Request> requests = new ArrayList<>();
    try {
      while (requests.isEmpty() || !requests.getLast().isLast()) {
        Request next = parser.next();
        if (next == null) {
          return new Reading(requests, End.CLEAN, "");
        }
        requests.add(next);
      }
      return new Reading(requests, End.LAST, "");
    } catch (BrokenRequest e) {
      return new Reading(requests, End.BROKEN, e.getMessage());
    } catch (IOException e) {
      return new Reading(requests, End.CUT, "");
    }
  }

  /// The next request; null where the bytes end before it begins.
  ///
  /// @throws EOFException where they end within it
  Request next() throws IOException, BrokenRequest {
    String start;
    do {
      int first = in.read();
      if (first < 0) {
        return null;
      }
      start = line(first);
    } while (start.isEmpty());
    String[] parts = start.split(" ", -1);
    require(parts.length == 3, "start line");
    require(TOKEN.matcher(parts[0]).matches(), "method");
    require(TARGET.matcher(parts[1]).matches(), "target");
    require(parts[2].equals("HTTP/1.1") || parts[2].equals("HTTP/1.0"), "version");
    boolean old = parts[2].equals("HTTP/1.0");
    List<Field> fields = fields();
    List<String> hosts = valuesOf(fields, "host");
    require(hosts.size() == 1 || old && hosts.isEmpty(), "Host " + hosts);
    require(hosts.stream().allMatch(h -> HOST.matcher(h).matches()), "Host " + hosts);
    List<String> options = new ArrayList<>();
    for (String value : valuesOf(fields, "connection")) {
      for (String option : value.split(",")) {
        options.add(option.strip().toLowerCase(Locale.ROOT));
      }
    }
    boolean last = options.contains("close") || old && !options.contains("keep-alive");
    return new Request(parts[0], parts[1], fields, body(fields, old), last);
  }

  private static List<String> valuesOf(List<Field> fields, String name) {
    return fields.stream().filter(f -> f.name().equals(name)).map(Field::value).toList();
  }

  private static void require(boolean holds, String what) throws BrokenRequest {
    if (!holds) {
      throw new BrokenRequest(what);
    }
  }

  private List<Field> fields() throws IOException, BrokenRequest {
    List<Field> fields = new ArrayList<>();
    while (true) {
      String line = line(in.read());
      if (line.isEmpty()) {
        return fields;
      }
      int colon = line.indexOf(':');
      require(colon > 0, "a line without a name");
      String name = line.substring(0, colon);
      require(TOKEN.matcher(name).matches(), "name of a field");
      String value = line.substring(colon + 1);
      require(VALUE.matcher(value).matches(), "value of a field");
      fields.add(new Field(name.toLowerCase(Locale.ROOT), value.strip()));
    }
  }

  private String body(List<Field> fields, boolean old) throws IOException, BrokenRequest {
    List<String> codings = valuesOf(fields, "transfer-encoding");
    List<String> lengths = valuesOf(fields, "content-length");
    if (!codings.isEmpty()) {
      require(lengths.isEmpty(), "two framings");
      require(!old, "chunks in HTTP/1.0");
      require(codings.size() == 1, "two codings");
      require(codings.getFirst().equalsIgnoreCase("chunked"), "coding");
      return chunks();
    }
    if (lengths.isEmpty()) {
      return "";
    }
    require(lengths.size() == 1, "two lengths");
    require(DIGITS.matcher(lengths.getFirst()).matches(), "length");
    return data(Long.parseLong(lengths.getFirst()));
  }

  private String chunks() throws IOException, BrokenRequest {
    StringBuilder body = new StringBuilder();
    while (true) {
      var chunk = CHUNK.matcher(line(in.read()));
      require(chunk.matches(), "chunk");
      long size = Long.parseLong(chunk.group(1), 16);
      if (size == 0) {
        fields();
        return body.toString();
      }
      body.append(data(size));
      require(line(in.read()).isEmpty(), "end of a chunk");
    }
  }

  private String data(long size) throws IOException {
    int most = (int) Math.min(size, Integer.MAX_VALUE - 8);
    byte[] data = in.readNBytes(most);
    if (data.length < size) {
      throw new EOFException();
    }
    return new String(data, StandardCharsets.ISO_8859_1);
  }

  /// The rest of a line of which this byte was read; CRLF is its end and nothing else.
  private String line(int first) throws IOException, BrokenRequest {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = first; ; b = in.read()) {
      if (b < 0) {
        throw new EOFException();
      }
      require(b != '\n', "LF alone");
      if (b != '\r') {
        line.write(b);
        continue;
      }
      int lf = in.read();
      if (lf < 0) {
        throw new EOFException();
      }
      require(lf == '\n', "CR alone");
      return line.toString(StandardCharsets.ISO_8859_1);
    }
  }
}
