package dev.lintel.ingress.feature.compression;

import java.util.List;

/// Which responses are compressed, and with what.
///
/// @param codings at most one of a kind
/// @param disable a regular expression for values of `User-Agent` that get nothing compressed with
///   gzip; empty for none
public record CompressionSettings(List<CodingSettings> codings, String disable) {}
