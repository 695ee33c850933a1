package dev.lintel.ingress.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.tls.TicketKeys;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LiveCertificatesTest {
  @Test
  void theKeysOfTicketsTakeTurns() {
    try (LiveCertificates certificates = new LiveCertificates(true)) {
      TicketKeys first = certificates.ticketKeys();
      Instant begun = Instant.ofEpochSecond(first.epoch() * TicketKeys.EPOCH.toSeconds());

      certificates.renewTicketKeys(begun.plus(TicketKeys.EPOCH).minusSeconds(1));
      assertThat(certificates.ticketKeys()).isEqualTo(first);
      certificates.renewTicketKeys(begun.plus(TicketKeys.EPOCH));
      assertThat(certificates.ticketKeys())
          .isEqualTo(new TicketKeys(first.secret(), first.epoch() + 1));
    }
  }
}
