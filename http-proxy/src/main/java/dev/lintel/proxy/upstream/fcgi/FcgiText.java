package dev.lintel.proxy.upstream.fcgi;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A text with nginx's variables in it, such as `$document_root$fastcgi_script_name`.
public final class FcgiText {
  private static final Pattern VARIABLE =
      Pattern.compile("\\$(?:\\{([a-z0-9_]+)\\}|([a-z0-9_]+)|(.?))", Pattern.DOTALL);

  /// What a variable stands for.
  enum Variable {
    ARGS,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    DOCUMENT_ROOT,
    DOCUMENT_URI,
    FASTCGI_SCRIPT_NAME,
    HOST,
    HTTPS,
    QUERY_STRING,
    REMOTE_ADDR,
    REMOTE_USER,
    REQUEST_METHOD,
    REQUEST_URI,
    SCHEME,
    SERVER_NAME,
    SERVER_PORT,
    SERVER_PROTOCOL,
    URI,

    /// A field of the request.
    HTTP
  }

  /// A piece of the text.
  ///
  /// @param literal as it stands, in front of the variable
  /// @param field in lower case, of [Variable#HTTP]
  record Part(byte[] literal, @Nullable Variable variable, byte[] field) {}

  private final String text;
  private final List<Part> parts;

  private FcgiText(String text, List<Part> parts) {
    this.text = text;
    this.parts = parts;
  }

  /// What became of a text.
  public sealed interface Outcome permits Parsed, Refused {}

  /// It can be used.
  public record Parsed(FcgiText text) implements Outcome {}

  /// It cannot.
  ///
  /// @param why in words
  public record Refused(String why) implements Outcome {}

  /// Reads a text.
  public static Outcome parse(String text) {
    List<Part> parts = new ArrayList<>();
    Matcher matcher = VARIABLE.matcher(text);
    int at = 0;
    while (matcher.find()) {
      String name = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
      if (name == null) {
        return new Refused("$ without the name of a variable");
      }
      boolean isField = name.startsWith("http_") && name.length() > 5;
      Variable variable = isField ? Variable.HTTP : variable(name);
      if (variable == null) {
        return new Refused("$" + name + " is no variable here");
      }
      String field = isField ? name.substring(5).replace('_', '-') : "";
      parts.add(new Part(bytes(text.substring(at, matcher.start())), variable, bytes(field)));
      at = matcher.end();
    }
    parts.add(new Part(bytes(text.substring(at)), null, bytes("")));
    return new Parsed(new FcgiText(text, List.copyOf(parts)));
  }

  private static @Nullable Variable variable(String name) {
    for (Variable each : Variable.values()) {
      if (each != Variable.HTTP && each.name().toLowerCase(Locale.ROOT).equals(name)) {
        return each;
      }
    }
    return null;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  List<Part> parts() {
    return parts;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FcgiText that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /// As it was written.
  @Override
  public String toString() {
    return text;
  }
}
