package dev.lintel.proxy.upstream.fcgi;

/// A parameter that is sent to an application.
///
/// @param name in capitals as a rule, e.g. `SCRIPT_FILENAME`
/// @param value may name variables
public record FcgiParam(String name, FcgiText value) {}
