package dev.lintel.ingress.link;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What features keep beyond a configuration (rate buckets, caches), by owner, type and shape.
///
/// Between `begin` and `retire` a link asks for everything it uses; what it did not ask for is
/// dropped by `retire`, and closed where it can be. Used by the thread that links.
final class LiveState {
  private static final Logger LOG = LoggerFactory.getLogger(LiveState.class);

  /// Whose it is, what it is, and what it was made for.
  record Key(String owner, Class<?> type, Record shape) {}

  private static final class Kept {
    private final Object value;
    private long used;

    Kept(Object value) {
      this.value = value;
    }
  }

  private final Map<Key, Kept> kept = new HashMap<>();
  private long round;

  /// A new link begins.
  void begin() {
    round++;
  }

  /// The object of `key`, made where there is none yet.
  Object use(Key key, Supplier<?> make) {
    Kept object = kept.get(key);
    if (object == null) {
      object = new Kept(make.get());
      kept.put(key, object);
    }
    object.used = round;
    return object.value;
  }

  /// A part of the configuration that was taken over as it is still uses `key`.
  void keep(Key key) {
    Kept object = kept.get(key);
    if (object != null) {
      object.used = round;
    }
  }

  /// Drops what the link that began last does not use. Called once its configuration is published.
  void retire() {
    for (Iterator<Kept> all = kept.values().iterator(); all.hasNext(); ) {
      Kept each = all.next();
      if (each.used != round) {
        all.remove();
        close(each);
      }
    }
  }

  /// How many objects are kept.
  int size() {
    return kept.size();
  }

  private static void close(Kept dropped) {
    if (dropped.value instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        LOG.warn("could not close {}", dropped.value.getClass().getName(), e);
      }
    }
  }
}
