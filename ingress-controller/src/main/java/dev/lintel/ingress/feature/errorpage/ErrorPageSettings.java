package dev.lintel.ingress.feature.errorpage;

import java.util.List;

/// What the default backend answers.
///
/// @param statuses those whose answers are replaced by its pages
/// @param keepsAnswers whether answers of the route's own upstream are left as they are
/// @param standsIn whether it serves requests while the route's own upstream has no endpoint
public record ErrorPageSettings(List<Integer> statuses, boolean keepsAnswers, boolean standsIn) {}
