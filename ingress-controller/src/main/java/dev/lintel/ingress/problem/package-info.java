/// What a user got wrong, as data: never thrown, always with its source, what was found, what was
/// expected and the effect. The same problems show as Events, metrics, `/debug/plan`, `lintel
/// check` and in the goldens.
@NullMarked
package dev.lintel.ingress.problem;

import org.jspecify.annotations.NullMarked;
