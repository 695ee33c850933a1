package dev.lintel.proxy.l4;

import org.jspecify.annotations.Nullable;

/// That the connections of a server name are not opened here.
///
/// @param target where they go as they come; null where that cannot be said: they are closed, for
///   nobody but the upstream may open them
public record Passthrough(@Nullable StreamTarget target) {}
