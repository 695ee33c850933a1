package dev.lintel.proxy.edge.h2;

import dev.lintel.proxy.Pace;
import dev.lintel.proxy.ProxySettings;
import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.PaceWatch;
import dev.lintel.proxy.loop.Timer;
import org.jspecify.annotations.Nullable;

/// Whether the client of one stream is fast enough: with the body that it sends, and in taking what
/// it is sent, however often it opens its window a little.
final class H2Pace {
  private final H2Connection connection;
  private final H2Stream stream;
  private final Exchange exchange;
  private final Loop loop;
  private final Silence silence = new Silence();
  private @Nullable Upload upload;
  private @Nullable Download download;
  private boolean fresh;
  private long received;
  private long written;
  private long taken;

  H2Pace(H2Connection connection, H2Stream stream, Exchange exchange) {
    this.connection = connection;
    this.stream = stream;
    this.exchange = exchange;
    this.loop = connection.loop();
  }

  void begin() {
    fresh = true;
    written = 0;
    taken = 0;
  }

  /// Bytes of the request's body came.
  void received(int bytes) {
    received += bytes;
  }

  /// Bytes of the response's body wait for the window.
  void written(int bytes) {
    written += bytes;
  }

  /// The client's window let so many bytes go.
  void taken(int bytes) {
    taken += bytes;
  }

  /// Bytes of the response's body that its window did not let go yet, or nobody flushed.
  long waiting() {
    return written - taken;
  }

  /// The next bytes of the body are the client's to send.
  void owesBody() {
    ProxySettings settings = connection.settings();
    connection.arm(silence, settings.bodyTimeoutMillis());
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
  void owesNothing() {
    loop.timers().cancel(silence);
    Upload watch = upload;
    if (watch != null) {
      watch.pause();
    }
  }

  /// The client takes nothing at present.
  void stalled() {
    Download watch = download;
    if (watch == null) {
      watch = new Download();
      download = watch;
    }
    if (!watch.isRunning()) {
      watch.begin(connection.settings().sendTimeoutMillis());
    }
  }

  /// The client takes bytes.
  void flowing() {
    Download watch = download;
    if (watch != null) {
      watch.pause();
    }
  }

  /// The stream has ended.
  void remove() {
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
        connection.arm(this, connection.settings().bodyTimeoutMillis());
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
      return exchange.hurriesUpload() ? connection.settings().pace().least() : 0;
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
      long now = connection.acknowledged();
      if (acknowledged >= 0 && now > acknowledged && !connection.isOpenForMore()) {
        arrived += now - acknowledged;
      }
      acknowledged = now;
      return taken + arrived;
    }

    @Override
    protected long least() {
      ProxySettings settings = connection.settings();
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
