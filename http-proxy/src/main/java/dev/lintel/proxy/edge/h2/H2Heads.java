package dev.lintel.proxy.edge.h2;

/// How heads are read and written on one loop: by all connections there in turn, since neither
/// keeps anything of a message beyond the call.
record H2Heads(H2HeadReader reader, H2HeadWriter writer) {}
