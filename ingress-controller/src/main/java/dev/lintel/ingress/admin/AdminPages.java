package dev.lintel.ingress.admin;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the admin port shows. Everything may be called from many threads at once.
///
/// @param healthPath path of the health page, e.g. `/healthz`
/// @param isReady whether this process should get traffic
/// @param metrics writes the metrics in Prometheus' text format; null: there are none to see
/// @param plan the plan that serves, as `lintel check` prints it
/// @param problems what is wrong with the objects, one sentence a line
/// @param endpoints the endpoints of every upstream, and which of them are left out
/// @param times when and how fast the last configurations were made, `name value` a line
public record AdminPages(
    String healthPath,
    BooleanSupplier isReady,
    @Nullable Page metrics,
    Supplier<String> plan,
    Supplier<String> problems,
    Supplier<String> endpoints,
    Supplier<String> times) {

  /// A page that writes itself.
  @FunctionalInterface
  public interface Page {
    /// Writes the whole page.
    void writeTo(OutputStream out) throws IOException;
  }
}
