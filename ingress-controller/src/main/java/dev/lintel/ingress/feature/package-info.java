/// The shape of a feature: its settings declared as data, a record they denote, and the filters
/// that carry it out.
///
/// A feature is a package below this one and one line in `Features.ALL`. It sees its settings
/// through an `AnnotationReader` and the route it acts on through a `RouteAssembly`; nothing else
/// of the cluster.
@NullMarked
package dev.lintel.ingress.feature;

import org.jspecify.annotations.NullMarked;
