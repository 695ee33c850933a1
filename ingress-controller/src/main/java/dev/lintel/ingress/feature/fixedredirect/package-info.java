/// Answers every request of a route with a redirect to one fixed place.
///
/// The place is a URL of http or https, or a path of the same host; nothing of the request goes
/// into it. Variables of nginx are none of its characters: ingress-nginx refuses them as well.
@NullMarked
package dev.lintel.ingress.feature.fixedredirect;

import org.jspecify.annotations.NullMarked;
