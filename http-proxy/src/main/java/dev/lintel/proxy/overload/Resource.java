package dev.lintel.proxy.overload;

/// Something the process may run out of. Read by one thread, several times a second.
public interface Resource {
  /// Its name in metrics, e.g. `direct-memory`.
  String name();

  /// How much of it is in use, from 0 to 1; 0 where that is not known.
  double share();
}
