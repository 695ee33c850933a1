package dev.lintel.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Transport;
import dev.lintel.proxy.upstream.guard.Guard;
import io.netty.channel.DefaultEventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Requests that come before the first endpoints are known.
class EndpointWaitsTest {
  private static final EndpointSet ONE =
      new EndpointSet(
          List.of(new Endpoint(new InetSocketAddress(InetAddress.getLoopbackAddress(), 80))),
          false);

  private final DefaultEventLoop thread = new DefaultEventLoop();
  private final Loop loop = new Loop(0, thread, Transport.portable());
  private final Upstream upstream = new Upstream("u", UpstreamSettings.DEFAULT, Guard.NONE);
  private final AtomicInteger told = new AtomicInteger();

  @BeforeEach
  void start() {
    loop.start();
  }

  @AfterEach
  void close() {
    thread.shutdownGracefully();
  }

  private <T> T onLoop(Callable<T> what) throws Exception {
    return thread.submit(what).get();
  }

  private boolean await(EndpointWaiter waiter, int millis) throws Exception {
    return onLoop(() -> upstream.pool(loop).await(waiter, millis));
  }

  private void assertTold(int times) throws Exception {
    onLoop(() -> null); // behind what the upstream put there
    assertThat(told).hasValue(times);
  }

  @Test
  void nobodyWaitsForWhatIsNotLookedFor() throws Exception {
    assertThat(await(told::incrementAndGet, 10_000)).isFalse();
    assertThat(upstream.isDeserted()).isTrue();
  }

  @Test
  void allAreToldOnceWhateverWasFound() throws Exception {
    upstream.expectEndpoints();
    assertThat(upstream.isDeserted()).isFalse();
    assertThat(await(told::incrementAndGet, 10_000)).isTrue();
    assertThat(await(told::incrementAndGet, 10_000)).isTrue();
    upstream.endpoints(EndpointSet.EMPTY);
    assertTold(2);
    assertThat(upstream.isDeserted()).isTrue();
    upstream.endpoints(ONE);
    assertTold(2);
    assertThat(await(told::incrementAndGet, 10_000)).as("nothing to wait for").isFalse();
  }

  @Test
  void whoeverLeavesIsNotTold() throws Exception {
    upstream.expectEndpoints();
    EndpointWaiter leaves = () -> told.addAndGet(100);
    assertThat(await(leaves, 10_000)).isTrue();
    assertThat(await(told::incrementAndGet, 10_000)).isTrue();
    onLoop(
        () -> {
          upstream.pool(loop).leave(leaves);
          return null;
        });
    upstream.endpoints(ONE);
    assertTold(1);
  }

  @Test
  void aWaitEndsInTime() throws Exception {
    upstream.expectEndpoints();
    assertThat(await(told::incrementAndGet, 50)).isTrue();
    for (int i = 0; i < 200 && told.get() == 0; i++) {
      Thread.sleep(20);
    }
    assertTold(1);
    upstream.endpoints(ONE);
    assertTold(1);
  }

  @Test
  void noMoreThanSoManyWait() throws Exception {
    upstream.expectEndpoints();
    for (int i = 0; i < EndpointWaits.MOST; i++) {
      assertThat(await(told::incrementAndGet, 10_000)).isTrue();
    }
    assertThat(await(told::incrementAndGet, 10_000)).isFalse();
    upstream.endpoints(ONE);
    assertTold(EndpointWaits.MOST);
  }
}
