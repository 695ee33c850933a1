/// What both sides of HTTP/2, towards clients and towards upstreams, have in common: texts that
/// come again and again, and which fields may stand where.
@NullMarked
package dev.lintel.proxy.message.h2;

import org.jspecify.annotations.NullMarked;
