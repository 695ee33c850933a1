package dev.lintel.proxy.upstream;

import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.Timer;
import dev.lintel.proxy.message.RequestForm;
import dev.lintel.proxy.message.ResponseHead;
import dev.lintel.proxy.message.Trailers;
import dev.lintel.proxy.message.Upgrade;
import dev.lintel.proxy.upstream.guard.CheckSettings;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Asks one endpoint from time to time whether it is well, on one loop: with a GET over a
/// connection of its own, made and secured as those for requests are.
///
/// The first check comes at a random time within the first interval, and each next one a tenth of
/// it earlier or later, so that neither endpoints nor replicas are asked in step.
final class HealthCheck extends Timer implements UpstreamListener {
  private static final int TENTH = 10;

  /// What is read of a body, for the sake of an endpoint that wants to get rid of it.
  private static final int MOST_BODY = 64 * 1024;

  private static final int LOWEST_GOOD = 200;
  private static final int LOWEST_BAD = 400;

  private final Upstream upstream;
  private final Loop loop;
  private final Endpoint endpoint;
  private final CheckSettings settings;
  private final Consumer<Boolean> outcome;
  private final byte[] request;

  private @Nullable UpstreamCall call;
  private @Nullable SharedConnections shared;
  private boolean asking;
  private boolean told;
  private boolean stopped;
  private int received;

  /// @param outcome is told on the loop whether a check was good
  HealthCheck(
      Upstream upstream,
      Loop loop,
      Endpoint endpoint,
      CheckSettings settings,
      Consumer<Boolean> outcome) {
    this.upstream = upstream;
    this.loop = loop;
    this.endpoint = endpoint;
    this.settings = settings;
    this.outcome = outcome;
    boolean old = upstream.settings().form() == RequestForm.OLD;
    this.request =
        ("GET "
                + settings.path()
                + (old ? " HTTP/1.0" : " HTTP/1.1")
                + "\r\nHost: "
                + endpoint.name()
                + "\r\nUser-Agent: lintel-health-check\r\nAccept: */*\r\nConnection: close\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
  }

  /// Begins; from any thread.
  void start() {
    int first = ThreadLocalRandom.current().nextInt(settings.intervalMillis());
    loop.eventLoop().execute(() -> rest(first));
  }

  /// Ends; from any thread.
  void stop() {
    loop.eventLoop()
        .execute(
            () -> {
              stopped = true;
              loop.timers().remove(this);
              letGo();
            });
  }

  private void rest(int millis) {
    asking = false;
    if (!stopped) {
      loop.timers().arm(this, System.nanoTime(), millis);
    }
  }

  @Override
  protected void onTimeout() {
    if (asking) {
      tell(false);
      end();
    } else {
      ask();
    }
  }

  private void ask() {
    asking = true;
    told = false;
    received = 0;
    int most = settings.timeoutMillis();
    loop.timers().arm(this, loop.nanos(), most);
    UpstreamPool pool = upstream.pool(loop);
    Multiplexing multiplexing = upstream.settings().multiplexing();
    UpstreamCall opened;
    if (multiplexing == null) {
      opened = pool.alone(this, endpoint, most);
    } else {
      shared = multiplexing.connections(loop, endpoint, upstream.settings());
      opened = shared.open(this, most, false);
    }
    call = opened;
    if (opened != null && opened.isConnected()) {
      write(opened);
    }
  }

  private void write(UpstreamCall to) {
    to.begin(false, Upgrade.NONE, settings.timeoutMillis(), settings.timeoutMillis());
    to.write(loop.allocator().directBuffer(request.length).writeBytes(request), true);
    to.endRequest();
  }

  private void tell(boolean isGood) {
    if (!told && !stopped) {
      told = true;
      outcome.accept(isGood);
    }
  }

  /// The check is over.
  private void end() {
    letGo();
    int interval = settings.intervalMillis();
    int jitter = interval / TENTH;
    rest(interval + ThreadLocalRandom.current().nextInt(-jitter, jitter + 1));
  }

  private void letGo() {
    UpstreamCall used = call;
    if (used != null) {
      call = null;
      used.abandon();
    }
    SharedConnections made = shared;
    if (made != null) {
      shared = null;
      made.retire();
    }
  }

  @Override
  public void onConnected(UpstreamCall connected) {
    write(connected);
  }

  @Override
  public void onResponseHead(ResponseHead head, @Nullable ByteBuf body, boolean last) {
    tell(head.status() >= LOWEST_GOOD && head.status() < LOWEST_BAD);
    if (body != null) {
      pass(body, last);
    } else if (last) {
      ended();
    }
  }

  @Override
  public void onResponseBody(ByteBuf body, boolean last) {
    pass(body, last);
  }

  private void pass(ByteBuf body, boolean last) {
    received += body.readableBytes();
    body.release();
    if (last) {
      ended();
    } else if (received > MOST_BODY) {
      end();
    }
  }

  @Override
  public void onResponseTrailers(Trailers trailers) {
    ended();
  }

  private void ended() {
    call = null;
    end();
  }

  @Override
  public void onUpgraded(ResponseHead head, @Nullable ByteBuf early) {
    if (early != null) {
      early.release();
    }
    tell(false); // nobody asked for one
    end();
  }

  @Override
  public void onUpstreamReadComplete() {}

  @Override
  public void onUpstreamWritable() {}

  @Override
  public void onUpstreamFailure(ProxyFailure failure) {
    call = null;
    tell(false);
    end();
  }
}
