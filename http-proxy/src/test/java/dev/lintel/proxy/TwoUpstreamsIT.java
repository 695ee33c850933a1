package dev.lintel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.Upstream;
import dev.lintel.proxy.upstream.UpstreamSettings;
import dev.lintel.proxy.upstream.balance.Weights;
import dev.lintel.proxy.upstream.guard.Guard;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// One route whose requests go to two upstreams.
@ExtendWith(LeakCheck.class)
class TwoUpstreamsIT {
  @Test
  void eachUpstreamGetsWhatItWeighs() throws Exception {
    try (Backend main = Backend.saying("main");
        Backend other = Backend.saying("other");
        TestProxy proxy = new TestProxy(main)) {
      Upstream second = new Upstream("default-other-80", UpstreamSettings.DEFAULT, Guard.NONE);
      second.endpoints(new EndpointSet(List.of(other.endpoint()), false));
      Weights weights = Weights.of(70, 30);
      AtomicInteger number = new AtomicInteger();
      proxy.requestFilters.add(
          exchange -> {
            if (weights.pick(number.getAndIncrement() % weights.total()) == 1) {
              exchange.forwardTo(second);
            }
            return Verdict.CONTINUE;
          });
      proxy.apply();
      try (TestClient client = proxy.client()) {
        for (int i = 0; i < 100; i++) {
          assertThat(client.get("/").text()).isEqualTo(i < 70 ? "main" : "other");
        }
      } finally {
        second.close();
      }
      assertThat(main.requests).hasSize(70);
      assertThat(other.requests).hasSize(30);
    }
  }
}
