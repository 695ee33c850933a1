package dev.lintel.ingress.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.snapshot.ObjectKind;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Which namespaces are watched for what.
class WatchScopeTest {
  @Test
  void configMapsAreWatchedWhereTheControllersAndThoseOfServicesAre() {
    assertThat(new WatchScope("", "", "lintel").namespacesFor(ObjectKind.CONFIG_MAP))
        .containsExactly("lintel");
    assertThat(
            new WatchScope("", "", "lintel", Set.of("lintel", "dns"))
                .namespacesFor(ObjectKind.CONFIG_MAP))
        .containsExactlyInAnyOrder("lintel", "dns");
    assertThat(new WatchScope("", "", "").namespacesFor(ObjectKind.CONFIG_MAP)).isEmpty();
  }
}
