package dev.lintel.ingress.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeadershipTest {
  @Test
  void withoutAnElectionOneLeadsUntilItCloses() {
    Leadership leadership = Leadership.always();
    assertThat(leadership.isLeader()).isTrue();
    leadership.close();
    assertThat(leadership.isLeader()).isFalse();
  }
}
