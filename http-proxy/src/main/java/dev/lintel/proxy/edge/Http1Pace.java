package dev.lintel.proxy.edge;

import dev.lintel.proxy.Pace;
import dev.lintel.proxy.ProxySettings;
import dev.lintel.proxy.loop.Acknowledged;
import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.loop.PaceWatch;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/// Whether the client of one HTTP/1.1 connection is fast enough: with the body that it sends, and
/// in taking what it is sent. Most connections never need either watch.
final class Http1Pace {
  private final Http1Client client;
  private final Channel channel;
  private final Loop loop;
  private @Nullable Upload upload;
  private @Nullable Download download;
  private boolean fresh;
  private long received;

  Http1Pace(Http1Client client, Channel channel, Loop loop) {
    this.client = client;
    this.channel = channel;
    this.loop = loop;
  }

  /// A request with a body begins.
  void beginBody() {
    fresh = true;
  }

  /// Bytes of the body came.
  void received(int bytes) {
    received += bytes;
  }

  /// Whether the next bytes of the body are the client's to send.
  void owesBody(boolean owes) {
    Upload watch = upload;
    if (!owes) {
      if (watch != null) {
        watch.pause();
      }
      return;
    }
    if (watch == null) {
      watch = new Upload();
      upload = watch;
    }
    if (fresh) {
      fresh = false;
      Pace pace = client.settings().pace();
      watch.start(pace.graceMillis(), pace.windowMillis());
    } else {
      watch.resume();
    }
  }

  /// Bytes wait that the client does not take.
  void stalled() {
    Download watch = download;
    if (watch == null) {
      watch = new Download();
      download = watch;
    }
    if (!watch.isRunning()) {
      int millis = client.settings().sendTimeoutMillis();
      watch.start(Pace.first(millis), millis);
    }
  }

  /// The client takes bytes.
  void flowing() {
    Download watch = download;
    if (watch != null) {
      watch.pause();
    }
  }

  /// Bytes that were written and have not gone out.
  long waiting() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
  }

  /// The connection has ended.
  void remove() {
    if (upload != null) {
      upload.remove();
    }
    if (download != null) {
      download.remove();
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
      return client.hurriesUpload() ? client.settings().pace().least() : 0;
    }

    @Override
    protected void onTooSlow() {
      client.onSlowBody();
    }
  }

  private final class Download extends PaceWatch {
    Download() {
      super(loop);
    }

    /// What the kernel took, where it does not say what arrived.
    @Override
    protected long moved() {
      long acknowledged = Acknowledged.bytes(channel);
      return acknowledged < 0 ? client.bytesWritten() - waiting() : acknowledged;
    }

    @Override
    protected long least() {
      ProxySettings settings = client.settings();
      return client.hurriesDownload()
          ? Math.max(1, settings.pace().bytesIn(settings.sendTimeoutMillis()))
          : 1;
    }

    @Override
    protected boolean isOwing() {
      boolean owing = waiting() > 0;
      if (!owing) {
        pause();
      }
      return owing;
    }

    @Override
    protected void onTooSlow() {
      client.onStalled();
    }

    @Override
    protected long stalledBytes() {
      return channel.isWritable() ? 0 : waiting();
    }
  }
}
