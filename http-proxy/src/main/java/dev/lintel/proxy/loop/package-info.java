/// What one event loop owns: its clock, its timers, its scratch memory and the list of what it has
/// to flush. Nothing here is shared between loops.
@NullMarked
package dev.lintel.proxy.loop;

import org.jspecify.annotations.NullMarked;
