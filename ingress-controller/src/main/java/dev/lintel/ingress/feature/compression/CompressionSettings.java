package dev.lintel.ingress.feature.compression;

import java.util.List;

/// Which responses are compressed with gzip.
///
/// @param level of zlib
/// @param minLength bytes of a body; one that says that it is shorter stays as it is
/// @param types of content beside `text/html`; `*` for all
/// @param disable a regular expression for values of `User-Agent` that get nothing compressed;
///   empty for none
public record CompressionSettings(int level, int minLength, List<String> types, String disable) {}
