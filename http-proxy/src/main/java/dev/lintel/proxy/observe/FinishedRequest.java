package dev.lintel.proxy.observe;

/// A request that has ended, as the log and the metrics see it.
public interface FinishedRequest {}
