/// How near the proxy is to running out of memory, files or connections, and what it does about it
/// before it does.
@NullMarked
package dev.lintel.proxy.overload;

import org.jspecify.annotations.NullMarked;
