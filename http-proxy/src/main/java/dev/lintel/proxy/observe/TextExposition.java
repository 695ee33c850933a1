package dev.lintel.proxy.observe;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

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
  void family(String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
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

  /// A number as Go prints it: `0.005`, `1`, `1e+06`.
  static String number(double value) {
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = exact.precision() - exact.scale() - 1;
    if (exact.signum() == 0 || exponent >= EXPONENT_BELOW && exponent < EXPONENT_FROM) {
      return exact.toPlainString();
    }
    String digits = exact.unscaledValue().abs().toString();
    String sign = exact.signum() < 0 ? "-" : "";
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    String size = Integer.toString(Math.abs(exponent));
    return sign
        + mantissa
        + (exponent < 0 ? "e-" : "e+")
        + (size.length() == 1 ? "0" + size : size);
  }
}
