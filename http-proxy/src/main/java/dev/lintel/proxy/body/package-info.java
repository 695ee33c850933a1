/// What a route may ask for of the bodies that pass: that responses are compressed, slowed down or
/// held for slow clients, and that requests are read whole before their upstream is asked.
///
/// The rules are immutable and shared; what carries them out belongs to one loop. Nothing here
/// knows of exchanges: they hand in pieces and send what comes out.
@NullMarked
package dev.lintel.proxy.body;

import org.jspecify.annotations.NullMarked;
