package dev.lintel.proxy.exchange;

import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.filter.Verdict;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Transport;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.RequestScanner;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.ScanResult;
import dev.lintel.proxy.observe.AccessLog;
import dev.lintel.proxy.observe.Metrics;
import dev.lintel.proxy.observe.MetricsOptions;
import dev.lintel.proxy.observe.RouteLabels;
import dev.lintel.proxy.route.Route;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.route.RoutingTable;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What one exchange costs between its head and its answer, without sockets: the match, so many
/// filters that look for a field each and let it pass, the answer, the counts.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class FilterBenchmark {
  private static final byte[] REQUEST =
      "GET /api/v1/items?page=2 HTTP/1.1\r\nHost: shop.example.com\r\nAccept: */*\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);
  private static final HeaderName WANTED = HeaderName.of("x-none");
  private static final CannedResponse ANSWER = CannedResponse.empty(204);

  /// How many filters the route has before the one that answers.
  @Param({"0", "4", "12"})
  int filters;

  private final RequestHead head = new RequestHead();
  private final Exchange exchange = exchange();
  private RoutingTable table = RoutingTable.builder(Route.NONE).build();

  private Exchange exchange() {
    Loop loop = new Loop(0, new EmbeddedChannel().eventLoop(), Transport.portable());
    Metrics metrics = new Metrics(MetricsOptions.of("", "", ""));
    LoopTraffic traffic = new LoopTraffic(loop, AccessLog.off(), metrics);
    ClientAddress address = ClientAddress.of(InetAddress.getLoopbackAddress());
    return new Exchange(
        new ClientConnection(traffic, address, 1, false, 80, 1), new Nobody(), head);
  }

  /// Makes the route.
  @Setup
  public void fill() {
    RequestFilter look =
        each -> each.request().find(WANTED) < 0 ? Verdict.CONTINUE : Verdict.RESPONDED;
    RequestFilter answer =
        each -> {
          each.respond(ANSWER);
          return Verdict.RESPONDED;
        };
    RequestFilter[] chain = new RequestFilter[filters + 1];
    Arrays.fill(chain, look);
    chain[filters] = answer;
    Route route =
        new Route(
            RouteLabels.NONE, chain, new ResponseFilter[0], null, RouteSettings.DEFAULT, null);
    table = RoutingTable.builder(Route.NONE).prefix("shop.example.com", "/api", route).build();
    if (RequestScanner.scan(REQUEST, 0, REQUEST.length, head, false) != ScanResult.COMPLETE) {
      throw new IllegalStateException("not read");
    }
  }

  /// From the head to the end of the answer.
  @Benchmark
  public int exchangeWithFilters() {
    exchange.onRequestHead(table, null);
    return exchange.status();
  }

  /// A client that takes everything.
  private static final class Nobody implements ClientSide {
    @Override
    public void sendHead(ResponseHead head, @Nullable ByteBuf body, boolean last) {
      if (body != null) {
        body.release();
      }
    }

    @Override
    public void sendBody(ByteBuf body, boolean last) {
      body.release();
    }

    @Override
    public void sendContinue() {}

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void resumeRead() {}

    @Override
    public void pauseRead() {}

    @Override
    public void closeBehind() {}

    @Override
    public void abort() {}

    @Override
    public void switchProtocols(ResponseHead head, @Nullable ByteBuf early) {
      if (early != null) {
        early.release();
      }
    }

    @Override
    public int httpVersion() {
      return 11;
    }

    @Override
    public long bytesSent() {
      return 0;
    }

    @Override
    public void ended() {}
  }
}
