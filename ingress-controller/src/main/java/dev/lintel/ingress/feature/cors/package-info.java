/// What pages of other origins may read of the answers (CORS, the Fetch standard).
///
/// Nobody is kept from anything by it: browsers alone obey. An origin that is listed is named in
/// the answer; one that is not gets no field, and its browser keeps the answer from the page.
/// Preflight requests of a listed origin are answered here, before redirects, limits and guards.
@NullMarked
package dev.lintel.ingress.feature.cors;

import org.jspecify.annotations.NullMarked;
