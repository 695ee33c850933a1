/// One request in flight: its heads, its route, its way to an upstream and back.
///
/// An exchange belongs to one event loop. HTTP/1.1 connections keep one and reset it for each
/// request; HTTP/2 makes one per stream. Heads live in scratch memory of the loop and are copied
/// only when an exchange is suspended.
///
/// A filter that wants to ask or tell another service something sends a `SideRequest`: over the
/// pools of the exchange's own loop, bounded in time and size. One that waits for the outcome
/// suspends the exchange first, resumes it from the listener, and abandons the request when the
/// exchange ends before; one that does not wait (a mirror) just sends. What a filter of the request
/// has to tell a later one, or a filter of the response, it leaves with `Exchange.remember`.
@NullMarked
package dev.lintel.proxy.exchange;

import org.jspecify.annotations.NullMarked;
