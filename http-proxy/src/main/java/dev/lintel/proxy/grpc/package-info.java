/// What a proxy has to know of gRPC: how its requests are told from others, how long they may take,
/// and how a refusal is said so that its clients understand it.
@NullMarked
package dev.lintel.proxy.grpc;

import org.jspecify.annotations.NullMarked;
