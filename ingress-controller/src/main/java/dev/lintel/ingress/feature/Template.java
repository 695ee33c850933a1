package dev.lintel.ingress.feature;

import dev.lintel.proxy.exchange.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A text with nginx's variables, ready to be written for a request. Made once per route.
public final class Template {
  private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)}|(\\w+)|)");
  private static final int MOST_VARIABLES = 16;

  /// @param variable null for the text alone
  private record Part(@Nullable Variable variable, byte[] text) {}

  private final Part[] parts;

  private Template(List<Part> parts) {
    this.parts = parts.toArray(Part[]::new);
  }

  /// The template of a text in which [#fault] finds nothing.
  public static Template of(String text) {
    List<Part> parts = new ArrayList<>();
    Matcher matcher = VARIABLE.matcher(text);
    int end = 0;
    while (matcher.find()) {
      addText(parts, text.substring(end, matcher.start()));
      String name = name(matcher);
      Variable variable = Variable.named(name);
      if (variable == null) {
        throw new IllegalArgumentException("no such variable as $" + name);
      }
      parts.add(new Part(variable, ascii(variable.rest(name))));
      end = matcher.end();
    }
    addText(parts, text.substring(end));
    return new Template(parts);
  }

  private static void addText(List<Part> parts, String text) {
    if (!text.isEmpty()) {
      parts.add(new Part(null, ascii(text)));
    }
  }

  private static String name(Matcher matcher) {
    String braced = matcher.group(1);
    String plain = matcher.group(2);
    String name = braced != null ? braced : plain == null ? "" : plain;
    return name.toLowerCase(Locale.ROOT);
  }

  /// What is wrong with a text; empty where nothing is.
  public static String fault(String text) {
    Matcher matcher = VARIABLE.matcher(text);
    int count = 0;
    while (matcher.find()) {
      String name = name(matcher);
      if (Variable.named(name) == null) {
        return "names the variable $" + name + ", which Lintel does not know";
      }
      count++;
    }
    return count > MOST_VARIABLES ? "holds more than " + MOST_VARIABLES + " variables" : "";
  }

  /// Whether it is another text for another request.
  public boolean hasVariables() {
    for (Part part : parts) {
      if (part.variable() != null) {
        return true;
      }
    }
    return false;
  }

  /// Adds the text for this request to `out`.
  public void write(Exchange exchange, Line out, Form form) {
    for (Part part : parts) {
      Variable variable = part.variable();
      if (variable == null) {
        out.add(part.text());
      } else {
        variable.write(exchange, part.text(), out, form);
      }
    }
  }

  /// Takes the values of the variables one by one, each with its length, so that no two lists of
  /// values are the same bytes.
  ///
  /// @return false where all of them are empty
  public boolean writeValues(Exchange exchange, Line out) {
    Line value = new Line();
    boolean any = false;
    for (Part part : parts) {
      Variable variable = part.variable();
      if (variable != null) {
        value.clear();
        variable.write(exchange, part.text(), value, Form.FIELD);
        any |= value.length() > 0;
        out.add(ascii(value.length() + ":"));
        out.add(value.toBytes());
      }
    }
    return any;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
