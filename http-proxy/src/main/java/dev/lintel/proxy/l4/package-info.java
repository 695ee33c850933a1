/// What happens to connections below HTTP: the PROXY protocol in front of everything else, TLS that
/// is passed on unopened by its server name, and TCP and UDP services.
///
/// The client's connection and the one to the upstream live on one loop and share their fate: what
/// one side does not take is not read from the other, an end of the stream is passed on behind its
/// last byte, and a reset as a reset. Nothing here reads the configuration of HTTP, and HTTP knows
/// of it in one place, where the pipeline of an accepted connection is built.
@NullMarked
package dev.lintel.proxy.l4;

import org.jspecify.annotations.NullMarked;
