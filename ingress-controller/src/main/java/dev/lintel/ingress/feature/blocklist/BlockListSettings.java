package dev.lintel.ingress.feature.blocklist;

import dev.lintel.ingress.feature.Cidr;
import dev.lintel.ingress.feature.TextPattern;
import java.util.List;

/// Whose requests are refused.
///
/// @param addresses networks of clients
/// @param userAgents values of `User-Agent`; a request without one has an empty value
/// @param referers values of `Referer`, likewise
public record BlockListSettings(
    List<Cidr> addresses, List<TextPattern> userAgents, List<TextPattern> referers) {}
