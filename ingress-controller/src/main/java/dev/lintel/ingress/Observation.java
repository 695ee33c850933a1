package dev.lintel.ingress;

import dev.lintel.ingress.ControllerConfig.BodyFiles;
import dev.lintel.ingress.ControllerConfig.Listening;
import dev.lintel.ingress.ControllerConfig.MetricsChoice;
import dev.lintel.ingress.feature.TextMatcher;
import dev.lintel.ingress.feature.TextPattern;
import dev.lintel.ingress.plan.GlobalPlan;
import dev.lintel.ingress.plan.LogPlan;
import dev.lintel.proxy.AddressInUse;
import dev.lintel.proxy.ProxyConfig;
import dev.lintel.proxy.ProxyOptions;
import dev.lintel.proxy.ProxyServer;
import dev.lintel.proxy.body.Spool;
import dev.lintel.proxy.observe.AccessLog;
import dev.lintel.proxy.observe.Escape;
import dev.lintel.proxy.observe.LogFormat;
import dev.lintel.proxy.observe.Metrics;
import dev.lintel.proxy.observe.MetricsOptions;
import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;

/// What this process tells operators, the access log and the metrics, and the proxy that feeds
/// them.
final class Observation implements AutoCloseable {
  private final AccessLog log;
  private final Closeable file;
  private final Metrics metrics;
  private final List<InetAddress> addresses;
  private final int httpPort;
  private final int httpsPort;
  private final int loops;
  private final Spool spool;
  private String format = LogFormat.UPSTREAM;
  private LogPlan rest = LogPlan.USUAL;

  private Observation(
      AccessLog log,
      Closeable file,
      Metrics metrics,
      List<InetAddress> addresses,
      int httpPort,
      int httpsPort,
      int loops,
      Spool spool) {
    this.log = log;
    this.file = file;
    this.metrics = metrics;
    this.addresses = addresses;
    this.httpPort = httpPort;
    this.httpsPort = httpsPort;
    this.loops = loops;
    this.spool = spool;
    metrics.watch(log);
  }

  /// As the configuration says, on every address of this host.
  ///
  /// @throws IOException if the access log's file cannot be written
  static Observation of(ControllerConfig config) throws IOException {
    OutputStream file = OutputStream.nullOutputStream();
    AccessLog log =
        switch (config.accessLog()) {
          case "off" -> AccessLog.off();
          case "stdout", "/dev/stdout" -> AccessLog.onStandardOutput();
          default -> {
            file = new FileOutputStream(config.accessLog(), true);
            yield AccessLog.to(file);
          }
        };
    Listening listening = config.listening();
    return new Observation(
        log,
        file,
        new Metrics(options(config)),
        List.of(everyAddress()),
        listening.httpPort(),
        listening.httpsPort(),
        0,
        spool(config.bodyFiles()));
  }

  /// Of requests that nobody shall hear of: a log to nowhere and metrics that nobody reads, yet
  /// both do all their work. On any ports of loopback.
  static Observation silent() {
    OutputStream nowhere = OutputStream.nullOutputStream();
    return new Observation(
        AccessLog.to(nowhere),
        nowhere,
        new Metrics(MetricsOptions.of("", "", "")),
        List.of(InetAddress.getLoopbackAddress()),
        0,
        0,
        1,
        Spool.usual());
  }

  private static Spool spool(BodyFiles files) {
    Path directory =
        files.directory().isEmpty() ? Spool.usualDirectory() : Path.of(files.directory());
    return new Spool(directory, files.mostBytes());
  }

  private static MetricsOptions options(ControllerConfig config) {
    MetricsChoice choice = config.metrics();
    Pod pod = Pod.here();
    return new MetricsOptions(
        config.selection().controllerClass(),
        pod.namespace(),
        pod.name(),
        choice.perHost(),
        choice.statusClasses(),
        choice.timeBuckets(),
        choice.lengthBuckets(),
        choice.sizeBuckets(),
        choice.limits());
  }

  /// The wildcard of IPv6, which takes IPv4 as well, where this host has IPv6 at all.
  private static InetAddress everyAddress() {
    try {
      boolean hasIpv6 =
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .anyMatch(address -> address.getAddress().length == 16);
      return InetAddress.getByName(hasIpv6 ? "::" : "0.0.0.0");
    } catch (SocketException | UnknownHostException e) {
      throw new IllegalStateException("this host has no network", e);
    }
  }

  /// Opens the ports.
  ProxyServer serve(ProxyConfig first) throws AddressInUse {
    return ProxyServer.start(
        new ProxyOptions(addresses, httpPort, httpsPort, loops, 0, log, metrics, spool), first);
  }

  /// Requests that begin from now on are logged as `plan` says. Called on one thread at a time.
  void log(GlobalPlan plan) {
    String next = plan.logFormat();
    if (next.isEmpty() || next.equals(format) && plan.log().equals(rest)) {
      return;
    }
    format = next;
    rest = plan.log();
    LogFormat made = LogFormat.compile(next, escape(rest.escaping()));
    if (rest.isOff()) {
      made = made.without(_ -> true);
    } else if (!rest.skipped().isEmpty()) {
      made = made.without(new TextMatcher(patterns(rest.skipped()))::fits);
    }
    log.format(made);
  }

  private static List<TextPattern> patterns(List<String> written) {
    return written.stream().map(TextPattern::of).toList();
  }

  private static Escape escape(LogPlan.Escaping escaping) {
    return switch (escaping) {
      case USUAL -> Escape.DEFAULT;
      case JSON -> Escape.JSON;
      case NONE -> Escape.NONE;
    };
  }

  /// What is counted.
  Metrics metrics() {
    return metrics;
  }

  @Override
  public void close() {
    log.close();
    try {
      file.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
