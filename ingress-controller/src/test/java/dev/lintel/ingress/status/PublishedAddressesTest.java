package dev.lintel.ingress.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.snapshot.EndpointSliceView;
import dev.lintel.ingress.snapshot.EndpointSliceView.EndpointView;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ServiceView;
import dev.lintel.ingress.snapshot.ServiceView.Type;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PublishedAddressesTest {
  @Test
  void givenAddressesAreSortedAndNoneStandsTwice() {
    assertThat(PublishedAddresses.of(List.of(" b.example.com", "192.0.2.1", "b.example.com", "")))
        .containsExactly("192.0.2.1", "b.example.com");
  }

  @Test
  void aServicePublishesWhatItsTypeSays() {
    assertThat(PublishedAddresses.of(service(Type.EXTERNAL_NAME, "", "lb.example.com")))
        .containsExactly("lb.example.com");
    assertThat(PublishedAddresses.of(service(Type.CLUSTER_IP, "10.96.0.1", null, "192.0.2.1")))
        .containsExactly("10.96.0.1");
    assertThat(PublishedAddresses.of(service(Type.NODE_PORT, "10.96.0.1", null)))
        .containsExactly("10.96.0.1");
    assertThat(PublishedAddresses.of(service(Type.NODE_PORT, "10.96.0.1", null, "192.0.2.1")))
        .containsExactly("192.0.2.1");
    assertThat(
            PublishedAddresses.of(
                service(Type.LOAD_BALANCER, "10.96.0.1", null, "192.0.2.9", "192.0.2.1")))
        .containsExactly("192.0.2.1", "192.0.2.9");
  }

  @Test
  void aServiceThatIsNotThereOrHasNoAddressYetPublishesNone() {
    assertThat(PublishedAddresses.of((ServiceView) null)).isEmpty();
    assertThat(PublishedAddresses.of(service(Type.LOAD_BALANCER, "10.96.0.1", null))).isEmpty();
    assertThat(PublishedAddresses.of(service(Type.CLUSTER_IP, "None", null))).isEmpty();
  }

  @Test
  void theLastReplicaIsTheOneBesideWhichAllAreGoneOrGoing() {
    EndpointView own = endpoint("10.0.0.1", true);
    EndpointView going = endpoint("10.0.0.2", true);
    EndpointView other = endpoint("10.0.0.3", false);

    assertThat(Replicas.isLast(List.of(slice(own, going)), Set.of("10.0.0.1"))).isTrue();
    assertThat(Replicas.isLast(List.of(slice(own), slice(other)), Set.of("10.0.0.1"))).isFalse();
    assertThat(Replicas.isLast(null, Set.of("10.0.0.1"))).isFalse();
  }

  private static ServiceView service(
      Type type, String clusterIp, String externalName, String... published) {
    return new ServiceView(
        new ObjectKey("lintel", "lintel"),
        type,
        clusterIp,
        externalName,
        List.of(),
        List.of(published),
        false);
  }

  private static EndpointView endpoint(String address, boolean terminating) {
    return new EndpointView(List.of(address), !terminating, true, terminating, null, List.of());
  }

  private static EndpointSliceView slice(EndpointView... endpoints) {
    ObjectKey key = new ObjectKey("lintel", "lintel");
    return new EndpointSliceView(key, key, "IPv4", List.of(), List.of(endpoints));
  }
}
