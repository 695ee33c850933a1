/// Another service decides who is let in: each request is held while that service is asked about
/// it.
///
/// `ExternalAuth` reads the settings of an Ingress, or those of the ConfigMap where it has none.
/// `AuthFilter` serves all requests of a route; `AuthCheck` is one question on its way, a
/// `SideRequest` over the pools of the exchange's own loop, and `AuthAnswer` what came of it:
/// immutable, so that `AnswerCache` may give it to many. What decides is a status of 2xx, 401 or
/// 403; everything else, and no answer, is a 500. Nothing but a grant ever leads on.
///
/// Texts with nginx's variables are `Template`s; a variable that is not known closes the route.
@NullMarked
package dev.lintel.ingress.feature.externalauth;

import org.jspecify.annotations.NullMarked;
