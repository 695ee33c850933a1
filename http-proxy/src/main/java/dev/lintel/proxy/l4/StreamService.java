package dev.lintel.proxy.l4;

/// A port whose bytes or datagrams are passed on.
///
/// @param port on every address that the proxy listens on
/// @param udp whether datagrams come there rather than connections
/// @param target of each new connection or session
/// @param decodes whether each connection must begin with a PROXY header
public record StreamService(int port, boolean udp, StreamTarget target, boolean decodes) {}
