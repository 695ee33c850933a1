package dev.lintel.ingress.compile;

import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.tls.KeyMaterial;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What flags and the start say to the compiler, beside the snapshot.
///
/// @param ingressClass `--ingress-class`: the value of the old annotation that is served
/// @param controllerClass `--controller-class`: the `spec.controller` that is served
/// @param isClassByName `--ingress-class-by-name`: whether the IngressClass with the name
///   `ingressClass` is served too
/// @param servesWithoutClass `--watch-ingress-without-class`
/// @param watchNamespace `--watch-namespace`: the only namespace served; empty for all
/// @param namespaceSelector `--watch-namespace-selector`
/// @param isCatchAllDisabled `--disable-catch-all`: whether every Ingress with a `defaultBackend`
///   is left out
/// @param isExternalNameDisabled `--disable-svc-external-name`
/// @param defaultBackendService `--default-backend-service`, or null
/// @param defaultSslCertificate `--default-ssl-certificate`, or null
/// @param configMap `--configmap`, or null
/// @param annotationsPrefix `--annotations-prefix`, with a slash at its end
/// @param selfMade the certificate shown where no other is given
/// @param now the moment by which certificates are judged as valid; equal moments give equal plans,
///   so let it move rarely (once an hour is enough)
/// @param l4 what flags say of what happens below HTTP
public record CompileOptions(
    String ingressClass,
    String controllerClass,
    boolean isClassByName,
    boolean servesWithoutClass,
    String watchNamespace,
    LabelSelector namespaceSelector,
    boolean isCatchAllDisabled,
    boolean isExternalNameDisabled,
    @Nullable ObjectKey defaultBackendService,
    @Nullable ObjectKey defaultSslCertificate,
    @Nullable ObjectKey configMap,
    String annotationsPrefix,
    KeyMaterial selfMade,
    Instant now,
    L4Options l4) {
  /// Nothing but HTTP.
  public CompileOptions(
      String ingressClass,
      String controllerClass,
      boolean isClassByName,
      boolean servesWithoutClass,
      String watchNamespace,
      LabelSelector namespaceSelector,
      boolean isCatchAllDisabled,
      boolean isExternalNameDisabled,
      @Nullable ObjectKey defaultBackendService,
      @Nullable ObjectKey defaultSslCertificate,
      @Nullable ObjectKey configMap,
      String annotationsPrefix,
      KeyMaterial selfMade,
      Instant now) {
    this(
        ingressClass,
        controllerClass,
        isClassByName,
        servesWithoutClass,
        watchNamespace,
        namespaceSelector,
        isCatchAllDisabled,
        isExternalNameDisabled,
        defaultBackendService,
        defaultSslCertificate,
        configMap,
        annotationsPrefix,
        selfMade,
        now,
        L4Options.NONE);
  }

  /// ingress-nginx's defaults.
  public static CompileOptions usual(KeyMaterial selfMade, Instant now) {
    return new CompileOptions(
        "nginx",
        "k8s.io/ingress-nginx",
        false,
        false,
        "",
        LabelSelector.EVERYTHING,
        false,
        false,
        null,
        null,
        null,
        "nginx.ingress.kubernetes.io/",
        selfMade,
        now);
  }
}
