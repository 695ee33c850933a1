package dev.lintel.proxy.observe;

import dev.lintel.proxy.message.Method;
import java.util.Arrays;

/// What one loop has counted of one route: a cell for each method and status that occurred.
final class RouteSeries {
  /// The counters of one method and status.
  record Cell(Method method, int status, Counts counts) {}

  private static final Cell[] NONE = {};

  private volatile Cell[] cells = NONE;

  /// The counters, made at the first request of the kind. For the loop alone.
  Counts at(Method method, int status, CellLayout layout) {
    Cell[] present = cells;
    for (Cell cell : present) {
      if (cell.status() == status && cell.method() == method) {
        return cell.counts();
      }
    }
    Cell added = new Cell(method, status, new Counts(layout.size()));
    Cell[] next = Arrays.copyOf(present, present.length + 1);
    next[present.length] = added;
    cells = next;
    return added.counts();
  }

  /// All of them, from any thread; not to be changed.
  Cell[] cells() {
    return cells;
  }
}
