package dev.lintel.ingress.feature.accesslist;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.lintel.ingress.feature.Cidr;
import dev.lintel.proxy.exchange.ClientAddress;
import dev.lintel.proxy.filter.Verdict;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressFilterTest {
  private static AddressFilter filter(String allow, String deny) {
    return new AddressFilter(new AccessListSettings(cidrs(allow), cidrs(deny)));
  }

  private static List<Cidr> cidrs(String list) {
    return list.isEmpty()
        ? List.of()
        : Arrays.stream(list.split(",")).map(text -> Cidr.parse(text).orElseThrow()).toList();
  }

  private static Verdict judge(AddressFilter filter, String address) {
    ClientAddress client = ClientAddress.of(InetAddress.ofLiteral(address));
    return filter.judge(client.high(), client.low());
  }

  @Test
  void anAllowListLetsInNobodyElse() {
    AddressFilter filter = filter("10.0.0.0/8,192.0.2.7,2001:db8::/33", "");
    assertThat(judge(filter, "10.255.255.255")).isEqualTo(Verdict.GRANTED);
    assertThat(judge(filter, "11.0.0.0")).isEqualTo(Verdict.REFUSED);
    assertThat(judge(filter, "9.255.255.255")).isEqualTo(Verdict.REFUSED);
    assertThat(judge(filter, "192.0.2.7")).isEqualTo(Verdict.GRANTED);
    assertThat(judge(filter, "192.0.2.6")).isEqualTo(Verdict.REFUSED);
    assertThat(judge(filter, "2001:db8:7fff::1")).isEqualTo(Verdict.GRANTED);
    assertThat(judge(filter, "2001:db8:8000::1")).isEqualTo(Verdict.REFUSED);
    assertThat(judge(filter, "::ffff:10.1.1.1")).as("mapped").isEqualTo(Verdict.GRANTED);
  }

  @Test
  void aDenyListSaysNothingAboutOthers() {
    AddressFilter filter = filter("", "2001:db8::7,10.0.0.0/31");
    assertThat(judge(filter, "10.0.0.1")).isEqualTo(Verdict.REFUSED);
    assertThat(judge(filter, "10.0.0.2")).isEqualTo(Verdict.CONTINUE);
    assertThat(judge(filter, "2001:db8::7")).isEqualTo(Verdict.REFUSED);
    assertThat(judge(filter, "2001:db8::8")).isEqualTo(Verdict.CONTINUE);
  }

  @Test
  void denialComesFirst() {
    AddressFilter filter = filter("10.0.0.0/8", "10.9.0.0/16");
    assertThat(judge(filter, "10.8.0.1")).isEqualTo(Verdict.GRANTED);
    assertThat(judge(filter, "10.9.0.1")).isEqualTo(Verdict.REFUSED);
  }

  @Test
  void allOfOneFamilyIsNoneOfTheOther() {
    assertThat(judge(filter("::/0", ""), "10.0.0.1")).isEqualTo(Verdict.REFUSED);
    assertThat(judge(filter("::/0", ""), "::1")).isEqualTo(Verdict.GRANTED);
    assertThat(judge(filter("0.0.0.0/0", ""), "10.0.0.1")).isEqualTo(Verdict.GRANTED);
    assertThat(judge(filter("0.0.0.0/0", ""), "2001:db8::1")).isEqualTo(Verdict.REFUSED);
    assertThat(judge(filter("", "::/0"), "10.0.0.1")).isEqualTo(Verdict.CONTINUE);
  }

  @Test
  void judgingAllocatesNothing() {
    AddressFilter filter = filter("192.0.2.0/24,2001:db8::/32,10.0.0.0/8", "198.51.100.0/24,::1");
    ClientAddress client = ClientAddress.of(InetAddress.ofLiteral("10.1.2.3"));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().threadId();
    assertThat(granted(filter, client, 100_000)).isEqualTo(100_000);
    long before = threads.getThreadAllocatedBytes(id);
    int granted = granted(filter, client, 1_000_000);
    long bytes = threads.getThreadAllocatedBytes(id) - before;
    assertThat(granted).isEqualTo(1_000_000);
    assertThat(bytes).as("for a million requests").isLessThan(10_000);
  }

  private static int granted(AddressFilter filter, ClientAddress client, int times) {
    int granted = 0;
    for (int i = 0; i < times; i++) {
      if (filter.judge(client.high(), client.low()) == Verdict.GRANTED) {
        granted++;
      }
    }
    return granted;
  }
}
