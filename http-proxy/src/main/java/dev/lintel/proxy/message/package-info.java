/// HTTP messages as bytes: heads that are indexes into a byte array, the scanners that fill them
/// and the writers that turn them into the head for the other side.
///
/// A head never copies a field: it remembers where name and value lie in the array it was scanned
/// from, which is the event loop's scratch memory and holds until the next message is scanned
/// there. Whoever keeps a head longer calls `detach`. Validation lives in the one scan (RFC 9112,
/// and stricter where proxies were hurt): what a scanner accepted may be written without a second
/// look.
///
/// Nothing here allocates for an ordinary message, and nothing knows sockets or routes. All types
/// belong to one thread unless they are constants.
@NullMarked
package dev.lintel.proxy.message;

import org.jspecify.annotations.NullMarked;
