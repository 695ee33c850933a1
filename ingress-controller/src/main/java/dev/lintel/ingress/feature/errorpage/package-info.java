/// Pages of the default backend in place of error answers.
///
/// The default backend is the one that the Ingress names, else that of the controller. Which one it
/// is, is found out by the compiler; it also stands in for a Service without endpoints where the
/// Ingress names it.
@NullMarked
package dev.lintel.ingress.feature.errorpage;

import org.jspecify.annotations.NullMarked;
