/// From a plan to what serves: the only place that joins a definition with live state.
///
/// `ConfigLinker` turns a `ProxyPlan` into a `ProxyConfig`. What must outlive a configuration
/// stands beside it, keyed by owner and *shape*, a record of what it was made for: equal shape,
/// same object; another shape, a fresh one; used by no configuration any more, closed.
/// `LiveUpstreams` keeps the upstreams and their endpoints, `LiveState` what features ask to keep
/// (rate buckets, caches). Unchanged hosts keep their very routes, so that an edit costs what it
/// changes.
///
/// Endpoints change without a link: `LiveUpstreams` reads the slices of a Service from the store
/// and hands the result to the upstreams that live on it.
///
/// One thread links. Endpoint changes may come from any thread.
@NullMarked
package dev.lintel.ingress.link;

import org.jspecify.annotations.NullMarked;
