/// Kubernetes as Lintel sees it: small immutable records with only the fields that are used.
///
/// Both sources, the Kubernetes watch (`ingress.kube`) and the folder of manifests
/// (`ingress.folder`), turn their objects into these views and put them into one `ObjectStore`. The
/// store hands out a `KubernetesSnapshot`, and the compiler sees nothing else. An update that
/// changes none of these fields compares equal and ends there.
@NullMarked
package dev.lintel.ingress.snapshot;

import org.jspecify.annotations.NullMarked;
