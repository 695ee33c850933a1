package dev.lintel.proxy.edge.h3;

import dev.lintel.proxy.AddressInUse;
import dev.lintel.proxy.ProxyConfig;
import dev.lintel.proxy.edge.Admission;
import dev.lintel.proxy.exchange.LoopTraffic;
import io.netty.handler.codec.quic.Quic;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// HTTP/3 beside HTTPS, as the configuration in force wants it: opens the UDP port when it is
/// wanted first, and never fails a configuration. Safe for all threads.
public final class Http3Edge implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Http3Edge.class);

  private final Admission admission;
  private final LoopTraffic[] traffic;
  private final List<InetAddress> addresses;
  private @Nullable Http3Listener listener;
  private boolean offered;
  private boolean failed;
  private boolean ended;

  /// Not listening.
  ///
  /// @param addresses to listen on, once that is wanted
  public Http3Edge(Admission admission, LoopTraffic[] traffic, List<InetAddress> addresses) {
    this.admission = admission;
    this.traffic = traffic;
    this.addresses = addresses;
  }

  /// Does what a configuration says, once it is in force.
  ///
  /// @param port that of HTTPS
  public synchronized void apply(ProxyConfig config, int port) {
    boolean wanted = config.settings().http3() && !ended;
    if (wanted && listener == null && !failed) {
      listener = open(port);
      failed = listener == null;
    }
    Http3Listener present = listener;
    if (present != null) {
      present.serve(wanted);
      present.keepOnly(config.certificates());
      offer(wanted);
    }
  }

  private @Nullable Http3Listener open(int port) {
    try {
      Quic.ensureAvailability();
      Http3Listener opened = Http3Listener.open(admission, traffic, addresses, port);
      LOG.info("HTTP/3 is answered on UDP port {}", port);
      return opened;
    } catch (LinkageError e) {
      LOG.error(
          "HTTP/3 is wanted, and not served: this build has no library for it ({})", e.toString());
    } catch (AddressInUse e) {
      LOG.error("HTTP/3 is wanted, and not served: {}", e.getMessage());
    }
    return null;
  }

  private void offer(boolean wanted) {
    if (offered == wanted) {
      return;
    }
    offered = wanted;
    for (LoopTraffic each : traffic) {
      each.loop().eventLoop().execute(() -> each.offerHttp3(wanted));
    }
  }

  /// Whether it is served now.
  public synchronized boolean isOffered() {
    return offered;
  }

  /// Takes no new connections from here on.
  public synchronized void stopAccepting() {
    ended = true;
    if (listener != null) {
      listener.serve(false);
      offer(false);
    }
  }

  /// Ends all connections at once.
  @Override
  public synchronized void close() {
    ended = true;
    if (listener != null) {
      listener.close();
    }
  }
}
