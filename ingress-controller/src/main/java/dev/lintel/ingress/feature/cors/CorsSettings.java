package dev.lintel.ingress.feature.cors;

import java.util.List;

/// What other origins may do.
///
/// @param origins in lower case, `scheme://host[:port]` where the first label may be `*`, or
///   `null`; `*` alone for all
/// @param methods value of `Access-Control-Allow-Methods`
/// @param headers value of `Access-Control-Allow-Headers`
/// @param exposed value of `Access-Control-Expose-Headers`; empty for no such field
/// @param credentials whether pages may have cookies and passwords sent
/// @param maxAge for how many seconds a browser remembers the answer to a preflight request
public record CorsSettings(
    List<String> origins,
    String methods,
    String headers,
    String exposed,
    boolean credentials,
    int maxAge) {
  /// What a plan leaves out.
  public static final CorsSettings DEFAULTS =
      new CorsSettings(
          List.of(),
          "GET, PUT, POST, DELETE, PATCH, OPTIONS",
          "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,"
              + "Range,Authorization",
          "",
          true,
          1_728_000);
}
