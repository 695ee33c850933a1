package dev.lintel.proxy.edge;

import dev.lintel.proxy.Pace;
import dev.lintel.proxy.ProxySettings;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.PaceWatch;
import dev.lintel.proxy.loop.Timer;
import org.jspecify.annotations.Nullable;

/// Whether the client of one stream is fast enough: with the body that it sends, and in taking what
/// it is sent, however often it opens its window a little. On the stream's loop.
public final class StreamPace {
  private final PacedStream stream;
  private final Exchange exchange;
  private final Loop loop;
  private final Silence silence = new Silence();
  private @Nullable Upload upload;
  private @Nullable Download download;
  private boolean fresh;
  private long received;
  private long written;
  private long taken;

  /// Of a stream that has not begun.
  public StreamPace(Loop loop, PacedStream stream, Exchange exchange) {
    this.loop = loop;
    this.stream = stream;
    this.exchange = exchange;
  }

  /// The stream begins, or another one in its place.
  public void begin() {
    fresh = true;
    written = 0;
    taken = 0;
  }

  /// Bytes of the request's body came.
  public void received(int bytes) {
    received += bytes;
  }

  /// Bytes of the response's body wait for the window.
  public void written(int bytes) {
    written += bytes;
  }

  /// The client's window let so many bytes go.
  public void taken(int bytes) {
    taken += bytes;
  }

  /// Bytes of the response's body that its window did not let go yet, or nobody flushed.
  public long waiting() {
    return written - taken;
  }

  private void arm(Timer timer, long millis) {
    loop.timers().arm(timer, loop.nanos(), millis);
  }

  /// The next bytes of the body are the client's to send.
  public void owesBody() {
    ProxySettings settings = stream.settings();
    arm(silence, settings.bodyTimeoutMillis());
    Upload watch = upload;
    if (watch == null) {
      watch = new Upload();
      upload = watch;
    }
    if (fresh) {
      fresh = false;
      watch.start(settings.pace().graceMillis(), settings.pace().windowMillis());
    } else {
      watch.resume();
    }
  }

  /// The client need not, or may not, send more of its body.
  public void owesNothing() {
    loop.timers().cancel(silence);
    Upload watch = upload;
    if (watch != null) {
      watch.pause();
    }
  }

  /// The client takes nothing at present.
  public void stalled() {
    Download watch = download;
    if (watch == null) {
      watch = new Download();
      download = watch;
    }
    if (!watch.isRunning()) {
      watch.begin(stream.settings().sendTimeoutMillis());
    }
  }

  /// The client takes bytes.
  public void flowing() {
    Download watch = download;
    if (watch != null) {
      watch.pause();
    }
  }

  /// The stream has ended.
  public void remove() {
    loop.timers().remove(silence);
    if (upload != null) {
      upload.remove();
    }
    if (download != null) {
      download.remove();
    }
  }

  /// The client does not send the rest of its request.
  private final class Silence extends Timer {
    @Override
    protected void onTimeout() {
      if (stream.maySend()) {
        exchange.fail(ProxyFailure.BODY_TIMEOUT);
      } else {
        arm(this, stream.settings().bodyTimeoutMillis());
      }
    }
  }

  private final class Upload extends PaceWatch {
    Upload() {
      super(loop);
    }

    @Override
    protected long moved() {
      return received;
    }

    @Override
    protected long least() {
      return exchange.hurriesUpload() ? stream.settings().pace().least() : 0;
    }

    @Override
    protected boolean isOwing() {
      return stream.maySend();
    }

    @Override
    protected void onTooSlow() {
      exchange.fail(ProxyFailure.BODY_TOO_SLOW);
    }
  }

  private final class Download extends PaceWatch {
    private long acknowledged;
    private long arrived;

    Download() {
      super(loop);
    }

    void begin(int millis) {
      acknowledged = -1;
      arrived = 0;
      start(Pace.first(millis), millis);
    }

    /// Where the whole connection is full, what of it arrives counts for each stream.
    @Override
    protected long moved() {
      long now = stream.acknowledged();
      if (acknowledged >= 0 && now > acknowledged && !stream.isOpenForMore()) {
        arrived += now - acknowledged;
      }
      acknowledged = now;
      return taken + arrived;
    }

    @Override
    protected long least() {
      ProxySettings settings = stream.settings();
      return stream.hurriesDownload()
          ? Math.max(1, settings.pace().bytesIn(settings.sendTimeoutMillis()))
          : 1;
    }

    @Override
    protected boolean isOwing() {
      boolean owing = !stream.isTaking();
      if (!owing) {
        pause();
      }
      return owing;
    }

    @Override
    protected void onTooSlow() {
      stream.stalled();
    }

    @Override
    protected long stalledBytes() {
      return stream.isTaking() ? 0 : waiting();
    }
  }
}
