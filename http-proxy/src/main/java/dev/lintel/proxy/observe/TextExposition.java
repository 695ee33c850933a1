package dev.lintel.proxy.observe;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Metrics in Prometheus' text format 0.0.4, written as they are read: a scrape of ten thousand
/// series builds no model of them in memory.
final class TextExposition {
  private static final int CHUNK = 32 * 1024;
  // Where Go, which wrote these metrics before, turns to an exponent: labels `le` are compared.
  private static final int EXPONENT_FROM = 6;
  private static final int EXPONENT_BELOW = -4;

  private final OutputStream out;
  private final StringBuilder text = new StringBuilder(CHUNK + 1024);

  TextExposition(OutputStream out) {
    this.out = out;
  }

  /// Begins a metric.
  void family(MetricFamily family) {
    String name = family.name();
    String type = family.type().name().toLowerCase(Locale.ROOT);
    text.append("# HELP ").append(name).append(' ').append(family.help()).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  /// One sample.
  ///
  /// @param labels as [#label] makes them, comma-separated, or empty
  void sample(String name, String suffix, String labels, String value) throws IOException {
    text.append(name).append(suffix);
    if (!labels.isEmpty()) {
      text.append('{').append(labels).append('}');
    }
    text.append(' ').append(value).append('\n');
    if (text.length() > CHUNK) {
      flush();
    }
  }

  void flush() throws IOException {
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    text.setLength(0);
  }

  /// `name="value"`, escaped.
  static String label(String name, String value) {
    StringBuilder label = new StringBuilder(name.length() + value.length() + 3);
    label.append(name).append("=\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> label.append("\\\\");
        case '"' -> label.append("\\\"");
        case '\n' -> label.append("\\n");
        default -> label.append(c);
      }
    }
    return label.append('"').toString();
  }

  /// A finite number as Go prints it: `0.005`, `1`, `1e+06`.
  static String number(double value) {
    if (value == 0) {
      return "0";
    }
    Decimal decimal = Decimal.of(Math.abs(value));
    boolean isPlain = decimal.exponent >= EXPONENT_BELOW && decimal.exponent < EXPONENT_FROM;
    return (value < 0 ? "-" : "") + (isPlain ? decimal.plain() : decimal.scientific());
  }

  /// The shortest digits that give a positive number back. A `BigDecimal` knows them too, but the
  /// first one of a process computes a table of huge powers: a tenth of the start.
  ///
  /// @param digits neither the first nor the last is a zero
  /// @param exponent the power of ten of the first digit
  private record Decimal(String digits, int exponent) {
    static Decimal of(double value) {
      String text = Double.toString(value);
      int e = text.indexOf('E');
      String mantissa = e < 0 ? text : text.substring(0, e);
      int point = mantissa.indexOf('.');
      String all = mantissa.substring(0, point) + mantissa.substring(point + 1);
      int first = 0;
      while (all.charAt(first) == '0') {
        first++;
      }
      int end = all.length();
      while (all.charAt(end - 1) == '0') {
        end--;
      }
      int scale = e < 0 ? 0 : Integer.parseInt(text, e + 1, text.length(), 10);
      return new Decimal(all.substring(first, end), scale + point - 1 - first);
    }

    String plain() {
      if (exponent < 0) {
        return "0." + "0".repeat(-exponent - 1) + digits;
      }
      int whole = exponent + 1;
      return digits.length() <= whole
          ? digits + "0".repeat(whole - digits.length())
          : digits.substring(0, whole) + "." + digits.substring(whole);
    }

    String scientific() {
      String mantissa =
          digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
      String size = Integer.toString(Math.abs(exponent));
      return mantissa + (exponent < 0 ? "e-" : "e+") + (size.length() == 1 ? "0" + size : size);
    }
  }
}
