package dev.lintel.ingress.link;

import dev.lintel.ingress.feature.ThisMachine;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.Upstream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the endpoints of ExternalName upstreams current: each is followed by a virtual thread that
/// asks the system's resolver again and again. Where it has no answer, the last good one stays.
///
/// In a cluster an answer that points to this host itself or its link (loopback, 169.254.0.0/16,
/// fe80::/10, multicast, `0.0.0.0`) is refused: it would open the pod's own ports, or a cloud's
/// metadata service, to whoever may write a Service.
public final class NameResolution implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NameResolution.class);

  private final boolean refusesLocal;
  private final Duration interval;
  private final IdentityHashMap<Upstream, Thread> followers = new IdentityHashMap<>();
  private final List<CountDownLatch> unanswered = new ArrayList<>();

  /// @param refusesLocal whether addresses of this host and its link are refused
  /// @param interval the time between two questions for one name
  public NameResolution(boolean refusesLocal, Duration interval) {
    this.refusesLocal = refusesLocal;
    this.interval = interval;
  }

  /// Gives `upstream` the addresses of `host` from now on, until it is forgotten. An address needs
  /// nobody who follows it.
  synchronized void follow(Upstream upstream, String host, int port) {
    if (ThisMachine.literal(host) != null) {
      resolve(upstream, host, port);
      return;
    }
    CountDownLatch answer = new CountDownLatch(1);
    unanswered.add(answer);
    followers.put(
        upstream,
        Thread.ofVirtual()
            .name("resolve " + host)
            .start(
                () -> {
                  try {
                    while (true) {
                      resolve(upstream, host, port);
                      answer.countDown();
                      Thread.sleep(interval);
                    }
                  } catch (InterruptedException _) {
                    answer.countDown(); // forgotten
                  }
                }));
  }

  /// Waits until every name that is followed since the last time was asked for once, but no longer
  /// than `most` in all: the first requests of a new configuration find addresses, as a rule, and a
  /// resolver that does not answer holds up nobody.
  void awaitAnswers(Duration most) {
    List<CountDownLatch> open;
    synchronized (this) {
      open = List.copyOf(unanswered);
      unanswered.clear();
    }
    long end = System.nanoTime() + most.toNanos();
    try {
      for (CountDownLatch each : open) {
        if (!each.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void resolve(Upstream upstream, String host, int port) {
    try {
      List<Endpoint> endpoints = new ArrayList<>();
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (refusesLocal && ThisMachine.has(address)) {
          LOG.warn("{} resolves to {}, an address of this host: refused", host, address);
        } else {
          endpoints.add(new Endpoint(new InetSocketAddress(address, port)));
        }
      }
      endpoints.sort((a, b) -> a.text().compareTo(b.text()));
      EndpointSet next = new EndpointSet(List.copyOf(endpoints), false);
      if (!next.equals(upstream.endpoints())) {
        upstream.endpoints(next);
      }
    } catch (UnknownHostException e) {
      LOG.warn("{} does not resolve; keeping what it resolved to before", host);
    }
  }

  /// Ends following `upstream`, if it is followed.
  synchronized void forget(Upstream upstream) {
    Thread follower = followers.remove(upstream);
    if (follower != null) {
      follower.interrupt();
    }
  }

  @Override
  public synchronized void close() {
    followers.values().forEach(Thread::interrupt);
    followers.clear();
  }
}
