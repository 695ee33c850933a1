package dev.lintel.proxy.observe;

import dev.lintel.proxy.message.Method;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What one loop has counted of one route: a cell for each method and status that occurred.
final class RouteSeries {
  /// The counters of one method and status.
  record Cell(Method method, int status, Counts counts) {}

  private static final Cell[] NONE = {};

  /// An upstream may make up statuses: beyond so many kinds of requests they are told apart by
  /// their class alone.
  private static final int MOST_CELLS = 64;

  private final boolean isHostOther;
  private final boolean isPathOther;

  private volatile Cell[] cells = NONE;

  /// Nothing counted yet.
  RouteSeries(RouteLabels labels) {
    isHostOther = labels.host().equals(LabelLimits.OTHER);
    isPathOther = labels.path().equals(LabelLimits.OTHER);
  }

  /// Whether its requests are of hosts that have no series of their own.
  boolean isHostOther() {
    return isHostOther;
  }

  /// Whether its requests are of paths that have none.
  boolean isPathOther() {
    return isPathOther;
  }

  /// Whether one more method and status has no place of its own.
  boolean isFull() {
    return cells.length >= MOST_CELLS;
  }

  /// The counters of a kind of requests that came before, or null. For the loop alone.
  @Nullable Counts find(Method method, int status) {
    for (Cell cell : cells) {
      if (cell.status() == status && cell.method() == method) {
        return cell.counts();
      }
    }
    return null;
  }

  /// The counters, made at the first request of the kind. For the loop alone.
  Counts at(Method method, int status, CellLayout layout) {
    Counts known = find(method, status);
    if (known != null) {
      return known;
    }
    Cell[] present = cells;
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
