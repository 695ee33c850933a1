/// The Kubernetes API as a source.
///
/// `KubeClient` connects, `KubeSource` watches the seven kinds and keeps the `ObjectStore` equal to
/// what the cluster says. The API server may be away, frozen or forgetful for any time: what the
/// store holds stays, and the watches come back by themselves. They can be relied on only with what
/// this package adds to the client: watches that are pinged and lists that come packed
/// (`ApiTransport`), HTTP/1.1 so that one dead connection does not take all calls with it,
/// informers that never give up, and none of the full objects kept in memory (`StubStore`).
///
/// For the controller: `KubeClient.connect(access)`, `KubeSource.start(client, scope, store)`,
/// which does not wait for a cluster, `publishedStatus(ingress)` for the status writer,
/// `isWatching()` for metrics, and `close()` on both.
@NullMarked
package dev.lintel.ingress.kube;

import org.jspecify.annotations.NullMarked;
