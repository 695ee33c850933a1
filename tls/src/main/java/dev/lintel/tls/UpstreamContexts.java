package dev.lintel.tls;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/// TLS towards every kind of upstream: equal policies get the same object, and so one context and
/// one memory of sessions. For the control plane's thread.
public final class UpstreamContexts implements AutoCloseable {
  private record Key(UpstreamTlsPolicy policy, boolean http2) {}

  private final Map<Key, UpstreamTls> all = new HashMap<>();

  /// None yet.
  public UpstreamContexts() {}

  /// That of this policy, the same object for equal arguments until it is retired.
  ///
  /// @param http2 whether HTTP/2 is spoken
  public UpstreamTls of(UpstreamTlsPolicy policy, boolean http2) {
    return all.computeIfAbsent(
        new Key(policy, http2), key -> new UpstreamTls(key.policy(), key.http2()));
  }

  /// Retires what no upstream uses any more; connections and handshakes under way go on.
  public void keepOnly(Set<UpstreamTls> used) {
    for (Iterator<UpstreamTls> each = all.values().iterator(); each.hasNext(); ) {
      UpstreamTls tls = each.next();
      if (!used.contains(tls)) {
        tls.retire();
        each.remove();
      }
    }
  }

  /// How many there are.
  public int size() {
    return all.size();
  }

  /// Retires everything: for the end of the process.
  @Override
  public void close() {
    keepOnly(Set.of());
  }
}
