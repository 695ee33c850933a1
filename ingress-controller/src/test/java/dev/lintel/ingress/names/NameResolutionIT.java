package dev.lintel.ingress.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.LeakCheck;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.guard.Guard;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What becomes of names and answers, with a name server on loopback.
@ExtendWith(LeakCheck.class)
class NameResolutionIT {
  private static final Source SERVICE = new Source("Service", "default/out");
  private static final AddressRules POD =
      AddressRules.ofPod(
          Set.of(80, 443),
          10_254,
          Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1", "KUBERNETES_SERVICE_PORT", "443"));

  private final Upstream upstream = upstream("out");
  private final AtomicInteger told = new AtomicInteger();
  private NameServer server;
  private NameResolution names;

  @BeforeEach
  void start() throws Exception {
    server = new NameServer();
    names = resolution(server.conf());
  }

  private NameResolution resolution(ResolvConf conf) {
    return new NameResolution(POD, () -> conf, told::incrementAndGet);
  }

  @AfterEach
  void stop() {
    names.close();
    server.close();
  }

  private static Upstream upstream(String name) {
    return new Upstream(name, UpstreamSettings.DEFAULT, Guard.NONE);
  }

  private void follow(String name) {
    names.follow(upstream, name, 8080, SERVICE, false);
  }

  private static List<String> texts(Upstream of) {
    return of.endpoints().endpoints().stream().map(Endpoint::text).toList();
  }

  private static void await(java.util.function.BooleanSupplier what) throws Exception {
    for (int i = 0; i < 500 && !what.getAsBoolean(); i++) {
      Thread.sleep(20);
    }
    assertThat(what.getAsBoolean()).isTrue();
  }

  private void answered() throws Exception {
    await(() -> !upstream.isExpecting());
  }

  @Test
  void anAddressIsNotAskedFor() {
    follow("192.0.2.7");
    assertThat(texts(upstream)).containsExactly("192.0.2.7:8080");
    assertThat(upstream.isExpecting()).isFalse();
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void anAddressOfTheHostsFileIsNotAskedFor() throws Exception {
    names.close();
    names = new NameResolution(AddressRules.NONE, server::conf, () -> {});
    follow("localhost");
    answered();
    assertThat(texts(upstream)).contains("127.0.0.1:8080");
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void addressesFollowTheirTimeToLive() throws Exception {
    server.has("a.test", 1, "192.0.2.1", "192.0.2.2");
    follow("a.test");
    assertThat(upstream.isExpecting()).as("a request waits").isTrue();
    answered();
    assertThat(texts(upstream)).containsExactly("192.0.2.1:8080", "192.0.2.2:8080");

    server.has("a.test", 3_600, "192.0.2.3");
    await(() -> texts(upstream).equals(List.of("192.0.2.3:8080")));
    int before = server.asked().size();
    Thread.sleep(1_500);
    assertThat(server.asked()).as("it holds for an hour").hasSize(before);
  }

  @Test
  void aNameIsAskedForOnceASecondAtMostWhoeverLivesOnIt() throws Exception {
    server.has("a.test", 0, "192.0.2.1");
    for (int i = 0; i < 5; i++) {
      names.follow(upstream("u" + i), "a.test", 80 + i, SERVICE, false);
    }
    follow("a.test");
    answered();
    for (int i = 0; i < 20; i++) { // configurations come and go
      names.forget(upstream);
      follow("a.test");
      Thread.sleep(100);
    }
    Thread.sleep(1_500);
    List<NameServer.Asked> asked = server.asked();
    assertThat(asked).hasSizeBetween(3, 5);
    for (int i = 1; i < asked.size(); i++) {
      assertThat(asked.get(i).nanos() - asked.get(i - 1).nanos()).isGreaterThan(950_000_000);
    }
  }

  @Test
  void whatNobodyUsesIsNotAskedForAnyMore() throws Exception {
    server.has("a.test", 1, "192.0.2.1");
    follow("a.test");
    answered();
    names.forget(upstream);
    Thread.sleep(1_200);
    int before = server.asked().size();
    Thread.sleep(1_500);
    assertThat(server.asked()).hasSize(before);
  }

  @Test
  void namesAreCompletedAsTheMachineDoes() throws Exception {
    names.close();
    names = resolution(server.conf("ns.svc.cluster.local", "cluster.local"));
    server.has("api.example.test", 60, "192.0.2.1");
    follow("api.example.test");
    answered();
    assertThat(server.names())
        .containsExactly(
            "api.example.test.ns.svc.cluster.local A",
            "api.example.test.cluster.local A",
            "api.example.test A");
    assertThat(texts(upstream)).containsExactly("192.0.2.1:8080");

    server.has("a.b.c.d.e.f", 60, "192.0.2.2");
    Upstream other = upstream("long");
    names.follow(other, "a.b.c.d.e.f", 8080, SERVICE, false);
    await(() -> !other.isExpecting());
    assertThat(server.names()).endsWith("a.b.c.d.e.f A").hasSize(4);
  }

  @Test
  void whatDoesNotExistIsRememberedFromLookUpToLookUp() throws Exception {
    names.close();
    names = resolution(server.conf("search.test"));
    server.say(
        "a.test.search.test",
        new NameServer.Said(DnsResponseCode.NXDOMAIN, 0, 30, false, List.of()));
    server.has("a.test", 1, "192.0.2.1");
    follow("a.test");
    answered();
    await(() -> server.asked().size() >= 4);
    assertThat(server.names().subList(0, 4))
        .containsExactly("a.test.search.test A", "a.test A", "a.test A", "a.test A");
  }

  @Test
  void aliasesAreFollowedAndStrangersPassedOver() throws Exception {
    server.say(
        "a.test",
        new NameServer.Said(
            DnsResponseCode.NOERROR,
            0,
            1,
            false,
            List.of(
                NameServer.alias("a.test", 60, "b.test"),
                NameServer.alias("b.test", 60, "c.test"),
                NameServer.address("c.test", 60, "192.0.2.1"),
                NameServer.address("bank.test", 60, "192.0.2.66"))));
    follow("a.test");
    answered();
    assertThat(texts(upstream)).containsExactly("192.0.2.1:8080");

    Upstream other = upstream("hop");
    server.say(
        "hop.test",
        new NameServer.Said(
            DnsResponseCode.NOERROR,
            0,
            1,
            false,
            List.of(NameServer.alias("hop.test", 60, "a2.test"))));
    server.has("a2.test", 60, "192.0.2.2");
    names.follow(other, "hop.test", 8080, SERVICE, false);
    await(() -> !other.isExpecting());
    assertThat(texts(other)).containsExactly("192.0.2.2:8080");

    Upstream far = upstream("far");
    for (int i = 0; i < 12; i++) {
      server.say(
          "h" + i + ".test",
          new NameServer.Said(
              DnsResponseCode.NOERROR,
              0,
              1,
              false,
              List.of(NameServer.alias("h" + i + ".test", 60, "h" + (i + 1) + ".test"))));
    }
    server.has("h12.test", 60, "192.0.2.3");
    names.follow(far, "h0.test", 8080, SERVICE, false);
    await(() -> !far.isExpecting());
    assertThat(texts(far)).as("too far away").isEmpty();

    Upstream loop = upstream("loop");
    server.say(
        "loop.test",
        new NameServer.Said(
            DnsResponseCode.NOERROR,
            0,
            1,
            false,
            List.of(NameServer.alias("loop.test", 60, "loop.test"))));
    names.follow(loop, "loop.test", 8080, SERVICE, false);
    await(() -> !loop.isExpecting());
    assertThat(texts(loop)).isEmpty();
  }

  @Test
  void ipv6IsTheSecondChoiceUnlessItIsSwitchedOff() throws Exception {
    server.has("six.test", 60, "2001:db8::1");
    follow("six.test");
    answered();
    assertThat(upstream.endpoints().endpoints().get(0).name()).isEqualTo("[2001:db8::1]:8080");
    assertThat(server.names()).containsExactly("six.test A", "six.test AAAA");

    names.ipv6(false);
    server.has("six2.test", 60, "2001:db8::1");
    Upstream other = upstream("other");
    names.follow(other, "six2.test", 8080, SERVICE, false);
    await(() -> !other.isExpecting());
    assertThat(texts(other)).isEmpty();
    assertThat(server.names()).hasSize(3);
  }

  @Test
  void aLongAnswerComesOverTcpAndIsBounded() throws Exception {
    String[] many =
        IntStream.range(0, 300).mapToObj(i -> "198.51.100." + i % 256).toArray(String[]::new);
    for (int i = 256; i < 300; i++) {
      many[i] = "203.0.113." + i % 256;
    }
    server.has("many.test", 60, many);
    follow("many.test");
    answered();
    assertThat(texts(upstream)).hasSize(NameAnswer.MOST_ADDRESSES);
    assertThat(server.asked()).extracting(NameServer.Asked::tcp).containsExactly(false, true);
  }

  @Test
  void theNextServerIsAskedWhereOneIsSilentOrFails() throws Exception {
    names.close();
    try (NameServer silent = new NameServer()) {
      silent.ignore("a.test");
      silent.fail("b.test", DnsResponseCode.SERVFAIL);
      server.has("a.test", 60, "192.0.2.1");
      server.has("b.test", 60, "192.0.2.2");
      names =
          resolution(
              new ResolvConf(List.of(silent.address(), server.address()), List.of(), 1, 300));
      follow("a.test");
      Upstream other = upstream("other");
      names.follow(other, "b.test", 8080, SERVICE, false);
      answered();
      await(() -> !other.isExpecting());
      assertThat(texts(upstream)).containsExactly("192.0.2.1:8080");
      assertThat(texts(other)).containsExactly("192.0.2.2:8080");
    }
  }

  @Test
  void theLastAddressesStayWhileNobodyAnswers() throws Exception {
    server.has("a.test", 1, "192.0.2.1");
    follow("a.test");
    answered();
    for (DnsResponseCode code : List.of(DnsResponseCode.SERVFAIL, DnsResponseCode.NXDOMAIN)) {
      server.fail("a.test", code);
      int before = server.asked().size();
      await(() -> server.asked().size() >= before + 2);
      assertThat(texts(upstream)).as(code.toString()).containsExactly("192.0.2.1:8080");
    }
    assertThat(names.problems())
        .singleElement()
        .extracting(Problem::effect)
        .isEqualTo("its last addresses are used for a while");
    server.has("a.test", 60, "192.0.2.2");
    await(() -> texts(upstream).equals(List.of("192.0.2.2:8080")));
    await(() -> names.problems().isEmpty());
    assertThat(told).hasValueGreaterThanOrEqualTo(2);
  }

  @Test
  void aNameThatDoesNotExistIsSaidSoAndFoundWhenItComes() throws Exception {
    follow("late.test");
    answered();
    assertThat(upstream.isDeserted()).isTrue();
    await(() -> !names.problems().isEmpty());
    assertThat(names.problems().get(0).sentence())
        .isEqualTo("Service default/out late.test: the name has no address; its requests get 503");
    server.has("late.test", 60, "192.0.2.1");
    await(() -> !upstream.isDeserted());
  }

  @Test
  void noAnswerLeadsToThisMachineItsLinkItsCloudOrItsMaster() throws Exception {
    server.has(
        "evil.test",
        1,
        "127.0.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.2.1");
    follow("evil.test");
    answered();
    assertThat(texts(upstream)).containsExactly("192.0.2.1:8080");
    await(() -> names.problems().size() == 6);
    assertThat(names.problems().get(0))
        .isInstanceOf(Problem.Denied.class)
        .extracting(Problem::sentence)
        .isEqualTo(
            "Service default/out address 127.0.0.1: is an address of this machine, its link or its"
                + " cloud's metadata (expected: an address of another machine); nothing is sent"
                + " there");

    server.has("evil.test", 60, "127.0.0.1"); // an answer that turns
    await(upstream::isDeserted);

    for (String six :
        List.of("::1", "fe80::1", "fd00:ec2::254", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "::")) {
      Upstream other = upstream(six);
      server.has("six.test" + six.hashCode(), 60, six);
      names.follow(other, "six.test" + six.hashCode(), 8080, SERVICE, false);
      await(() -> !other.isExpecting());
      assertThat(texts(other)).as(six).isEmpty();
    }
  }

  @Test
  void noAnswerLeadsToAPortOfOursOrToTheApiServer() throws Exception {
    InetAddress own = ownAddress();
    server.has("own.test", 60, own.getHostAddress());
    server.has("api.test", 60, "10.96.0.1");
    record Case(String name, int port, boolean asClient, boolean isRefused) {}
    for (Case each :
        List.of(
            new Case("own.test", 443, false, true),
            new Case("own.test", 443, true, false),
            new Case("own.test", 10_254, false, true),
            new Case("own.test", 10_254, true, true),
            new Case("own.test", 8080, false, false),
            new Case("api.test", 443, false, true),
            new Case("api.test", 443, true, true),
            new Case("api.test", 80, false, false))) {
      Upstream other = upstream("other");
      names.follow(other, each.name(), each.port(), SERVICE, each.asClient());
      await(() -> !other.isExpecting());
      assertThat(other.isDeserted()).as(each.toString()).isEqualTo(each.isRefused());
    }
  }

  private static InetAddress ownAddress() throws Exception {
    try (java.net.DatagramSocket socket = new java.net.DatagramSocket()) {
      InetAddress found =
          java.net.NetworkInterface.networkInterfaces()
              .flatMap(java.net.NetworkInterface::inetAddresses)
              .filter(a -> a instanceof java.net.Inet4Address && !a.isLoopbackAddress())
              .findFirst()
              .orElse(null);
      org.junit.jupiter.api.Assumptions.assumeTrue(
          found != null && !found.isLinkLocalAddress(), "this machine has loopback alone");
      return found;
    }
  }

  @Test
  void whatCanBeNoNameAndWhatIsNoRecordHurtsNobody() throws Exception {
    follow("x".repeat(70) + ".test");
    answered();
    assertThat(upstream.isDeserted()).isTrue();

    Upstream other = upstream("other");
    server.say(
        "short.test",
        new NameServer.Said(
            DnsResponseCode.NOERROR,
            0,
            1,
            false,
            List.of(
                new NameServer.Entry("short.test", DnsRecordType.A, 60, new byte[] {1, 2, 3}))));
    names.follow(other, "short.test", 8080, SERVICE, false);
    await(() -> !other.isExpecting());
    assertThat(other.isDeserted()).isTrue();

    server.has("good.test", 60, "192.0.2.1");
    Upstream good = upstream("good");
    names.follow(good, "good.test", 8080, SERVICE, false);
    await(() -> !good.isDeserted());
  }

  @Test
  void theMachinesFileIsRead() {
    ResolvConf read =
        ResolvConf.parse(
            """
            # a pod's
            nameserver 10.96.0.10
            nameserver fd00::a
            nameserver not-an-address
            search default.svc.cluster.local Svc.cluster.local. cluster.local
            options ndots:5 timeout:2 attempts:3 edns0
            """);
    assertThat(read.servers())
        .containsExactly(
            new InetSocketAddress("10.96.0.10", 53), new InetSocketAddress("fd00::a", 53));
    assertThat(read.dots()).isEqualTo(5);
    assertThat(read.timeoutMillis()).isEqualTo(2_000);
    assertThat(read.candidates("web.shop"))
        .containsExactly(
            "web.shop.default.svc.cluster.local",
            "web.shop.svc.cluster.local",
            "web.shop.cluster.local",
            "web.shop");
    assertThat(read.candidates("Web.shop.")).containsExactly("web.shop");
    assertThat(ResolvConf.parse("options ndots:99\n").servers())
        .containsExactly(new InetSocketAddress("127.0.0.1", 53));
  }
}
