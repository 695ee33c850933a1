package dev.lintel.proxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.exchange.LoopTraffic;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Transport;
import dev.lintel.proxy.observe.AccessLog;
import dev.lintel.proxy.observe.Metrics;
import dev.lintel.proxy.observe.MetricsOptions;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Whose handshake goes on, and whose is given up.
class HandshakesTest {
  /// So that 16 wait for their client, and 32 for their turn.
  private static final int CONNECTIONS = 64;

  private static final int LINE = CONNECTIONS / 4;

  private final DefaultEventLoop thread = new DefaultEventLoop();
  private final Handshakes handshakes =
      new Handshakes(
          new LoopTraffic(
              new Loop(0, thread, Transport.portable()),
              AccessLog.off(),
              new Metrics(MetricsOptions.of("class", "namespace", "pod"))),
          CONNECTIONS);
  private final List<Integer> begun = new ArrayList<>();
  private final List<Long> begunNanos = new ArrayList<>();
  private final List<Integer> givenUp = new ArrayList<>();

  /// A client, by number.
  private record Client(EmbeddedChannel channel, Handshake handshake) {
    boolean isOpen() {
      return channel.isOpen();
    }
  }

  @AfterEach
  void close() {
    thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    return thread.submit(task).get(10, TimeUnit.SECONDS);
  }

  private List<Client> enter(int count) {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      EmbeddedChannel channel = new EmbeddedChannel();
      Handshake handshake = handshakes.enter(channel);
      channel.pipeline().addFirst(handshake);
      clients.add(new Client(channel, handshake));
    }
    return clients;
  }

  private void await(List<Client> clients) {
    for (int i = 0; i < clients.size(); i++) {
      Integer number = i;
      clients.get(i).handshake().await(() -> begin(number), () -> givenUp.add(number));
    }
  }

  private void begin(Integer number) {
    begun.add(number);
    begunNanos.add(System.nanoTime());
  }

  private static long open(List<Client> clients) {
    return clients.stream().filter(Client::isOpen).count();
  }

  @Test
  void whoWaitsLongestForItsHelloIsGivenUpButNotWhileYoung() throws Exception {
    List<Client> clients = onLoop(() -> enter(LINE + 4));
    assertThat(open(clients)).isEqualTo(LINE + 4);
    Thread.sleep(300);

    onLoop(() -> enter(1));

    assertThat(clients.subList(0, 5)).noneMatch(Client::isOpen);
    assertThat(clients.subList(5, clients.size())).allMatch(Client::isOpen);
  }

  @Test
  void noMoreThanTwiceAsManyWaitForTheirHelloHoweverYoung() throws Exception {
    List<Client> clients = onLoop(() -> enter(5 * LINE));

    assertThat(open(clients)).isEqualTo(2 * LINE);
    assertThat(clients.getFirst().isOpen()).isFalse();
    assertThat(clients.getLast().isOpen()).isTrue();
  }

  @Test
  void turnsComeInOrderAndTheNewestIsGivenUpWhereTooManyWait() throws Exception {
    List<Client> clients =
        onLoop(
            () -> {
              List<Client> some = enter(2 * LINE);
              await(some);
              List<Client> late = enter(1);
              late.getFirst().handshake().await(() -> begun.add(99), () -> givenUp.add(99));
              assertThat(late.getFirst().isOpen()).isFalse();
              return some;
            });
    assertThat(givenUp).containsExactly(99);
    while (onLoop(begun::size) < 2 * LINE) {
      Thread.sleep(1);
    }
    assertThat(begun).isSorted().doesNotContain(99);
    // While those before them are young, turns wait.
    assertThat(begunNanos.get(LINE) - begunNanos.getFirst())
        .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(250));
    // No more than so many wait for what their client says to the answer.
    assertThat(open(clients)).isEqualTo(LINE);
    assertThat(clients.getLast().isOpen()).isTrue();
  }

  @Test
  void turnsThatWaitForRoomComeAsSoonAsThereIsSome() throws Exception {
    List<Client> clients =
        onLoop(
            () -> {
              List<Client> all = enter(LINE);
              await(all);
              List<Client> late = enter(1);
              await(late);
              thread.schedule(() -> all.get(3).handshake().end(), 1, TimeUnit.MILLISECONDS);
              all.addAll(late);
              return all;
            });
    while (onLoop(begun::size) <= LINE) {
      Thread.sleep(1);
    }
    assertThat(clients).allMatch(Client::isOpen);
  }

  @Test
  void whoLeavesBeforeItsTurnIsToldSoAndHasNone() throws Exception {
    onLoop(
        () -> {
          List<Client> clients = enter(3);
          await(clients);
          clients.get(1).channel().close();
          clients.get(1).channel().runPendingTasks();
          return clients;
        });
    while (onLoop(begun::size) < 2) {
      Thread.onSpinWait();
    }
    assertThat(begun).containsExactly(0, 2);
    assertThat(givenUp).containsExactly(1);
  }

  @Test
  void whoIsDoneMakesRoom() throws Exception {
    List<Client> clients =
        onLoop(
            () -> {
              List<Client> all = enter(LINE);
              await(all);
              return all;
            });
    while (onLoop(begun::size) < LINE) {
      Thread.onSpinWait();
    }
    onLoop(
        () -> {
          clients.forEach(each -> each.handshake().end());
          await(enter(LINE));
          return true;
        });
    while (onLoop(begun::size) < 2 * LINE) {
      Thread.onSpinWait();
    }
    assertThat(clients).allMatch(Client::isOpen);
    assertThat(givenUp).isEmpty();
  }

  @Test
  void theLoopTurnsToOtherWorkBetweenCostlyHandshakes() throws Exception {
    List<String> order = new ArrayList<>();
    onLoop(
        () -> {
          for (Client each : enter(8)) {
            each.handshake()
                .await(
                    () -> {
                      order.add("handshake");
                      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3);
                      while (System.nanoTime() - end < 0) {
                        Thread.onSpinWait();
                      }
                      thread.schedule(() -> order.add("other"), 0, TimeUnit.NANOSECONDS);
                    },
                    () -> {});
          }
          return true;
        });
    while (onLoop(order::size) < 16) {
      Thread.onSpinWait();
    }
    assertThat(order.subList(0, 4)).contains("other");
  }
}
