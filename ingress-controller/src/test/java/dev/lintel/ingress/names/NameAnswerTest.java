package dev.lintel.ingress.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsSection;
import org.junit.jupiter.api.Test;

/// How long it holds that there is nothing.
class NameAnswerTest {
  private static long denial(long ttl, int minimum) {
    DefaultDnsResponse response = new DefaultDnsResponse(1);
    response.addRecord(
        DnsSection.AUTHORITY,
        new DefaultDnsRawRecord(
            "test", DnsRecordType.SOA, ttl, Unpooled.buffer().writeZero(18).writeInt(minimum)));
    long seconds = NameAnswer.denial(response);
    response.release();
    return seconds;
  }

  @Test
  void asLongAsTheZoneSaysWithinBounds() {
    assertThat(denial(20, 7)).isEqualTo(7);
    assertThat(denial(7, 20)).isEqualTo(7);
    assertThat(denial(0, 20)).isEqualTo(1);
    assertThat(denial(86_400, 3_600)).isEqualTo(30);
    assertThat(denial(86_400, -1)).as("an unsigned number").isEqualTo(30);
    DefaultDnsResponse silent = new DefaultDnsResponse(1);
    assertThat(NameAnswer.denial(silent)).isEqualTo(5);
  }
}
