package dev.lintel.ingress.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.snapshot.EndpointSliceView;
import dev.lintel.ingress.snapshot.EndpointSliceView.EndpointView;
import dev.lintel.ingress.snapshot.EndpointSliceView.PortView;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which endpoints are tried, by the conditions of the slices.
class EndpointChoiceTest {
  private final EndpointChoice choice = new EndpointChoice("http");
  private String zone = "";

  private static EndpointSliceView slice(int port, EndpointView... endpoints) {
    return new EndpointSliceView(
        new ObjectKey("default", "shop-" + port),
        new ObjectKey("default", "shop"),
        "IPv4",
        List.of(new PortView("metrics", 9090, "TCP"), new PortView("http", port, "TCP")),
        List.of(endpoints));
  }

  private static EndpointView ready(String address, String... zones) {
    return new EndpointView(List.of(address), true, true, false, null, List.of(zones));
  }

  private static EndpointView unready(String address) {
    return new EndpointView(List.of(address), false, false, false, null, List.of());
  }

  private static EndpointView leaving(String address, boolean serving) {
    return new EndpointView(List.of(address), false, serving, true, null, List.of());
  }

  private List<String> of(EndpointSliceView... slices) {
    return choose(slices).endpoints().stream().map(Endpoint::text).toList();
  }

  private EndpointSet choose(EndpointSliceView... slices) {
    return choice.of(List.of(slices), zone);
  }

  @Test
  void readyOnesArePreferred() {
    assertThat(of(slice(80, leaving("10.0.0.1", true), ready("10.0.0.2"), unready("10.0.0.3"))))
        .containsExactly("10.0.0.2:80");
  }

  @Test
  void eachSliceHasItsOwnNumberForANamedPort() {
    assertThat(of(slice(80, ready("10.0.0.1")), slice(8080, ready("10.0.0.2"))))
        .containsExactly("10.0.0.1:80", "10.0.0.2:8080");
  }

  @Test
  void anEndpointInTwoSlicesCountsOnce() {
    assertThat(of(slice(80, ready("10.0.0.1")), slice(80, ready("10.0.0.1"), ready("10.0.0.2"))))
        .containsExactly("10.0.0.1:80", "10.0.0.2:80");
  }

  @Test
  void thoseThatTerminateAreTriedOnlyWhenNoneIsReadyAndTheyServe() {
    assertThat(of(slice(80, leaving("10.0.0.1", true), leaving("10.0.0.2", false))))
        .containsExactly("10.0.0.1:80");
  }

  @Test
  void aSliceWithoutThePortGivesNothing() {
    assertThat(new EndpointChoice("grpc").of(List.of(slice(80, ready("10.0.0.1"))), ""))
        .isEqualTo(EndpointSet.EMPTY);
  }

  @Test
  void aNameIsNeverLookedUp() {
    assertThat(of(slice(80, ready("localhost")))).isEmpty();
  }

  @Test
  void allUnreadyAtOneStrokeAreStillTried() {
    choose(slice(80, ready("10.0.0.1"), ready("10.0.0.2")));

    EndpointSet held = choose(slice(80, unready("10.0.0.1"), unready("10.0.0.2")));

    assertThat(held.unready()).isTrue();
    assertThat(held.endpoints()).extracting(Endpoint::text).hasSize(2);
  }

  @Test
  void theHeldOnesShrinkAsTheyDisappearAndEndWhenOneIsReady() {
    choose(slice(80, ready("10.0.0.1"), ready("10.0.0.2")));
    choose(slice(80, unready("10.0.0.1"), unready("10.0.0.2")));

    assertThat(of(slice(80, unready("10.0.0.2"), unready("10.0.0.3"))))
        .containsExactly("10.0.0.2:80");
    EndpointSet again = choose(slice(80, unready("10.0.0.2"), ready("10.0.0.3")));
    assertThat(again.unready()).isFalse();
    assertThat(again.endpoints()).extracting(Endpoint::text).containsExactly("10.0.0.3:80");
  }

  @Test
  void unreadyOneAfterTheOtherIsBelieved() {
    choose(slice(80, ready("10.0.0.1"), ready("10.0.0.2")));
    choose(slice(80, unready("10.0.0.1"), ready("10.0.0.2")));

    assertThat(choose(slice(80, unready("10.0.0.1"), unready("10.0.0.2"))))
        .isEqualTo(EndpointSet.EMPTY);
  }

  @Test
  void endpointsThatWereRemovedAreNotHeld() {
    choose(slice(80, ready("10.0.0.1")));

    assertThat(choose(slice(80))).isEqualTo(EndpointSet.EMPTY);
    assertThat(choose(slice(80, unready("10.0.0.1")))).isEqualTo(EndpointSet.EMPTY);
  }

  @Test
  void aCopyRemembersTheSame() {
    choose(slice(80, ready("10.0.0.1")));
    choose(slice(80, unready("10.0.0.1")));

    EndpointChoice copy = choice.copy();
    EndpointSet chosen = copy.of(List.of(slice(80, unready("10.0.0.1"))), "");
    assertThat(chosen.unready()).isTrue();
    assertThat(chosen.endpoints()).extracting(Endpoint::text).containsExactly("10.0.0.1:80");
  }

  @Test
  void neverReadyIsNeverTried() {
    assertThat(choose(slice(80, unready("10.0.0.1")))).isEqualTo(EndpointSet.EMPTY);
  }

  private static List<String> texts(List<Endpoint> endpoints) {
    return endpoints.stream().map(Endpoint::text).toList();
  }

  @Test
  void thoseMeantForTheZoneComeFirstInWhicheverSliceTheyAre() {
    zone = "b";

    EndpointSet set =
        choose(
            slice(80, ready("10.0.0.1", "a"), ready("10.0.0.2", "b")),
            slice(8080, ready("10.0.0.3", "a", "b"), ready("10.0.0.4", "c")));

    assertThat(texts(set.endpoints())).containsExactly("10.0.0.2:80", "10.0.0.3:8080");
    assertThat(texts(set.elsewhere())).containsExactly("10.0.0.1:80", "10.0.0.4:8080");
  }

  @Test
  void withoutAZoneHintsDoNotCount() {
    EndpointSet set = choose(slice(80, ready("10.0.0.1", "a"), ready("10.0.0.2", "b")));

    assertThat(set.endpoints()).hasSize(2);
    assertThat(set.elsewhere()).isEmpty();
  }

  @Test
  void oneReadyEndpointWithoutHintsMakesAllEqual() {
    zone = "a";

    EndpointSet set =
        choose(
            slice(80, ready("10.0.0.1", "a"), ready("10.0.0.2", "b")),
            slice(80, ready("10.0.0.3")));

    assertThat(set.endpoints()).hasSize(3);
    assertThat(set.elsewhere()).isEmpty();
  }

  @Test
  void whatIsNotReadyNeedsNoHintsAndItsHintsDoNotCount() {
    zone = "a";

    assertThat(of(slice(80, ready("10.0.0.1", "a"), ready("10.0.0.2", "b"), unready("10.0.0.3"))))
        .containsExactly("10.0.0.1:80");
    EndpointView leaving =
        new EndpointView(List.of("10.0.0.4"), false, true, true, null, List.of("a"));
    assertThat(of(slice(80, leaving, ready("10.0.0.1", "b"), ready("10.0.0.2", "b"))))
        .containsExactly("10.0.0.1:80", "10.0.0.2:80");
  }

  @Test
  void aZoneNobodyIsMeantForUsesAll() {
    zone = "d";

    EndpointSet set = choose(slice(80, ready("10.0.0.1", "a"), ready("10.0.0.2", "b")));

    assertThat(set.endpoints()).hasSize(2);
    assertThat(set.elsewhere()).isEmpty();
  }

  @Test
  void allOfThemMeantForTheZoneLeaveNoneElsewhere() {
    zone = "a";

    EndpointSet set = choose(slice(80, ready("10.0.0.1", "a"), ready("10.0.0.2", "a", "b")));

    assertThat(set.endpoints()).hasSize(2);
    assertThat(set.elsewhere()).isEmpty();
  }

  @Test
  void anEndpointInTwoSlicesIsNearWhereOneOfThemSaysSo() {
    zone = "a";

    EndpointSet set =
        choose(
            slice(80, ready("10.0.0.1", "b"), ready("10.0.0.2", "b")),
            slice(80, ready("10.0.0.1", "a")));

    assertThat(texts(set.endpoints())).containsExactly("10.0.0.1:80");
    assertThat(texts(set.elsewhere())).containsExactly("10.0.0.2:80");
  }

  @Test
  void allZonesAreHeldThatTurnUnreadyAtOneStroke() {
    zone = "a";
    choose(slice(80, ready("10.0.0.1", "a"), ready("10.0.0.2", "b")));

    EndpointSet held = choose(slice(80, unready("10.0.0.1"), unready("10.0.0.2")));

    assertThat(held.unready()).isTrue();
    assertThat(texts(held.endpoints())).containsExactly("10.0.0.1:80", "10.0.0.2:80");
  }
}
