package dev.lintel.ingress.feature.externalauth;

import dev.lintel.ingress.feature.SideTarget;
import java.util.List;
import java.util.SortedMap;

/// Who is asked, what, and what becomes of the answer.
///
/// @param target who
/// @param uri path and query of the question, with variables
/// @param method its method; empty where none is written, which is GET
/// @param signin where a client is sent that is not signed in, with variables; empty for nowhere
/// @param signinParam the argument that tells that page of the way back; empty without `signin`
/// @param responseHeaders fields of the answer that the upstream gets
/// @param fields more fields of the question, with variables; an empty one is left out
/// @param requestRedirect what the question says of the way back, with variables; empty for the
///   request's own URI
/// @param alwaysSetCookie whether cookies of the answer reach the client whatever its status
/// @param cacheKey what tells clients apart whose answers may be kept, with variables; empty for no
///   keeping
/// @param cacheSeconds for how long answers are kept, by their status
/// @param isUnderscored whether clients may send field names with underscores
public record ExternalAuthSettings(
    SideTarget target,
    String uri,
    String method,
    String signin,
    String signinParam,
    List<String> responseHeaders,
    SortedMap<String, String> fields,
    String requestRedirect,
    boolean alwaysSetCookie,
    String cacheKey,
    SortedMap<Integer, Long> cacheSeconds,
    boolean isUnderscored) {}
