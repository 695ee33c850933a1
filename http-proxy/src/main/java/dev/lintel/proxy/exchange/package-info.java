/// One request in flight: its heads, its route, its way to an upstream and back.
///
/// An exchange belongs to one event loop. HTTP/1.1 connections keep one and reset it for each
/// request; HTTP/2 makes one per stream. Heads live in scratch memory of the loop and are copied
/// only when an exchange is suspended.
@NullMarked
package dev.lintel.proxy.exchange;

import org.jspecify.annotations.NullMarked;
