package dev.lintel.proxy.differential;

import dev.lintel.proxy.differential.Comparison.Answers;
import dev.lintel.proxy.differential.StrictParser.End;
import dev.lintel.proxy.differential.StrictParser.Reading;
import dev.lintel.proxy.differential.StrictParser.Request;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Random requests of many seeds through a proxy to an upstream that it owns.
public final class DifferentialRun implements AutoCloseable {
  private static final int CLIENTS = 16;

  private final StrictUpstream upstream = new StrictUpstream();

  public DifferentialRun() throws IOException {}

  /// Where the proxy is to send requests.
  public InetSocketAddress upstream() {
    return upstream.address();
  }

  private record Sent(long seed, byte[] bytes, boolean isGood, Reading said, Answers got) {}

  /// What came of a run.
  ///
  /// @param differences a text for each seed that shows one, with the seed and the bytes
  /// @param forwarded requests that reached the upstream
  /// @param refused rows that end in bytes that are no request
  /// @param good rows in which nothing is wrong
  public record Result(List<String> differences, int forwarded, int refused, int good) {}

  private List<Sent> sent = List.of();

  /// Sends what the seeds stand for, each on a connection of its own.
  public void send(int port, long firstSeed, int seeds) throws Exception {
    List<Callable<Sent>> all = new ArrayList<>();
    for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
      long each = seed;
      all.add(() -> send(port, each));
    }
    List<Sent> done = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      for (Future<Sent> each : clients.invokeAll(all)) {
        done.add(each.get());
      }
    }
    sent = done;
  }

  private static Sent send(int port, long seed) throws Exception {
    RandomRequests.Stream stream = RandomRequests.of(seed);
    Reading said = StrictParser.readAll(stream.bytes());
    Answers got = StreamClient.send(seed, port, stream.bytes(), said);
    return new Sent(seed, stream.bytes(), stream.isGood(), said, got);
  }

  /// Compares everything; the proxy has closed, so that nothing is on its way any more.
  public Result compare() throws Exception {
    upstream.awaitEnd();
    List<String> differences = new ArrayList<>(upstream.faults);
    Map<End, Integer> ends = new EnumMap<>(End.class);
    int forwarded = 0;
    int good = 0;
    for (Sent each : sent) {
      List<Request> arrived = upstream.of(StreamClient.address(each.seed()));
      String difference = Comparison.difference(each.said(), each.isGood(), each.got(), arrived);
      if (!difference.isEmpty()) {
        differences.add(
            "seed %d: %s (strictly: %d requests, %s %s; answers: %s)%nsent: %s"
                .formatted(
                    each.seed(),
                    difference,
                    each.said().requests().size(),
                    each.said().end(),
                    each.said().why(),
                    each.got(),
                    text(each.bytes())));
      }
      forwarded += arrived.size();
      good += each.isGood() ? 1 : 0;
      ends.merge(each.said().end(), 1, Integer::sum);
    }
    return new Result(differences, forwarded, ends.getOrDefault(End.BROKEN, 0), good);
  }

  private static String text(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (char c : new String(bytes, StandardCharsets.ISO_8859_1).toCharArray()) {
      if (c == '\r') {
        text.append("\\r");
      } else if (c == '\n') {
        text.append("\\n\n");
      } else if (c < 32 || c > 126) {
        text.append("\\x%02x".formatted((int) c));
      } else {
        text.append(c);
      }
    }
    return text.length() < 3_000 ? text.toString() : text.substring(0, 3_000) + " ...";
  }

  @Override
  public void close() throws IOException {
    upstream.close();
  }
}
