package dev.lintel.proxy.exchange;

import org.jspecify.annotations.Nullable;

/// What one filter keeps for a later one within an exchange. There are few: they are searched from
/// the newest on.
record Note(Object owner, Object what, @Nullable Note older) {
  @SuppressWarnings("ReferenceEquality") // an owner is who it is, not what it looks like
  static @Nullable Object find(@Nullable Note newest, Object owner) {
    for (Note note = newest; note != null; note = note.older) {
      if (note.owner == owner) {
        return note.what;
      }
    }
    return null;
  }
}
