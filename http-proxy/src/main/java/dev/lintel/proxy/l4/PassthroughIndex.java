package dev.lintel.proxy.l4;

import dev.lintel.tls.ServerNames;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which server names are passed on unopened. Immutable; part of a configuration that has any.
///
/// An exact name beats a wildcard, which stands for one label, as with certificates: a host that is
/// opened here stays that beside a wildcard that is passed on.
public final class PassthroughIndex {
  /// What an exact name has that a wildcard does not reach.
  private static final Passthrough OPENED = new Passthrough(null);

  private final Map<String, Passthrough> exact;
  private final Map<String, Passthrough> bySuffix;

  private PassthroughIndex(Builder builder) {
    this.exact = Map.copyOf(builder.exact);
    this.bySuffix = Map.copyOf(builder.bySuffix);
  }

  /// What becomes of a connection; null where it is opened here.
  ///
  /// @param serverName as the client sent it; null where it sent none
  @SuppressWarnings("ReferenceEquality") // one of it
  public @Nullable Passthrough match(@Nullable String serverName) {
    if (serverName == null || serverName.isEmpty()) {
      return null;
    }
    String name = ServerNames.normalized(serverName);
    Passthrough found = exact.get(name);
    int dot = name.indexOf('.');
    if (found == null && dot > 0) {
      return bySuffix.get(name.substring(dot));
    }
    return found == OPENED ? null : found;
  }

  /// Begins an index.
  public static Builder builder() {
    return new Builder();
  }

  /// Collects names. For one thread.
  public static final class Builder {
    private final Map<String, Passthrough> exact = new HashMap<>();
    private final Map<String, Passthrough> bySuffix = new HashMap<>();
    private boolean passes;

    private Builder() {}

    /// Has `host`, exact or as `*.rest`, passed on.
    public Builder pass(String host, Passthrough passthrough) {
      passes = true;
      String name = ServerNames.normalized(host);
      if (name.startsWith("*.")) {
        bySuffix.put(name.substring(1), passthrough);
      } else {
        exact.put(name, passthrough);
      }
      return this;
    }

    /// Opens connections for `host` here, whatever a wildcard says.
    public Builder open(String host) {
      String name = ServerNames.normalized(host);
      if (!name.startsWith("*.")) {
        exact.put(name, OPENED);
      }
      return this;
    }

    /// The finished index; null where no name is passed on, so that nobody asks it.
    public @Nullable PassthroughIndex build() {
      return passes ? new PassthroughIndex(this) : null;
    }
  }
}
