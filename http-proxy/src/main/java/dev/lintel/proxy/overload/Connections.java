package dev.lintel.proxy.overload;

import java.util.function.IntSupplier;

/// Connections of clients.
///
/// @param open how many there are, from any thread
/// @param most how many there may be
public record Connections(IntSupplier open, int most) implements Resource {
  @Override
  public String name() {
    return "connections";
  }

  @Override
  public double share() {
    return (double) open.getAsInt() / most;
  }
}
