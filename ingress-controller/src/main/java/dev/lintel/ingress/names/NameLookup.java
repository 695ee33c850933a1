package dev.lintel.ingress.names;

import io.netty.channel.AddressedEnvelope;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One look-up of one name: what it may be short for in turn, its IPv4 addresses or else those of
/// IPv6, one server after the other until one answers. One question is on its way at a time.
///
/// Used once, on the thread of its servers.
final class NameLookup {
  /// How often an alias leads to a name that the same response says nothing about.
  private static final int MOST_HOPS = 8;

  private final NameServers servers;
  private final List<String> candidates;
  private final boolean ipv6;
  private final Map<String, Long> denied;
  private final Consumer<NameOutcome> listener;

  private int candidate;
  private String asked = "";
  private DnsRecordType type = DnsRecordType.A;
  private int server;
  private int hops;
  private long aliasSeconds;
  private long deniedSeconds = Long.MAX_VALUE;
  private boolean isUnsure;

  /// @param denied until when (on the clock of [System#nanoTime]) which names are known to have no
  ///   address; kept from one look-up of a name to the next
  NameLookup(
      NameServers servers,
      String name,
      boolean ipv6,
      Map<String, Long> denied,
      Consumer<NameOutcome> listener) {
    this.servers = servers;
    this.candidates = servers.conf().candidates(name);
    this.ipv6 = ipv6;
    this.denied = denied;
    this.listener = listener;
  }

  /// Begins; the listener is told once.
  void start() {
    long now = System.nanoTime();
    denied.values().removeIf(until -> until - now <= 0);
    ask();
  }

  /// Asks for the present candidate from the beginning, or for the next one that may exist.
  private void ask() {
    while (candidate < candidates.size()) {
      asked = candidates.get(candidate);
      Long until = denied.get(asked);
      if (until == null) {
        type = DnsRecordType.A;
        server = 0;
        hops = 0;
        aliasSeconds = Long.MAX_VALUE;
        send();
        return;
      }
      denies(TimeUnit.NANOSECONDS.toSeconds(until - System.nanoTime()) + 1);
    }
    listener.accept(
        isUnsure ? NameOutcome.noAnswer() : NameOutcome.noSuchName(Math.max(1, deniedSeconds)));
  }

  /// The present candidate has no address for so long.
  private void denies(long seconds) {
    deniedSeconds = Math.min(deniedSeconds, seconds);
    candidate++;
  }

  private void send() {
    try {
      servers.ask(server, asked, type).addListener(this::answered);
    } catch (IllegalArgumentException _) {
      denies(NameAnswer.LONGEST_DENIAL); // too long, or an empty label
      ask();
    }
  }

  private void answered(Future<? super AddressedEnvelope<DnsResponse, InetSocketAddress>> future) {
    if (!future.isSuccess()) {
      nextServer(true);
      return;
    }
    @SuppressWarnings("unchecked")
    AddressedEnvelope<DnsResponse, InetSocketAddress> envelope =
        (AddressedEnvelope<DnsResponse, InetSocketAddress>) future.getNow();
    try {
      read(envelope.content());
    } catch (CorruptedFrameException _) {
      nextServer(false);
    } finally {
      envelope.release();
    }
  }

  private void read(DnsResponse response) {
    DnsResponseCode code = response.code();
    if (code.equals(DnsResponseCode.NXDOMAIN)) {
      deny(NameAnswer.denial(response));
    } else if (code.equals(DnsResponseCode.NOERROR)) {
      took(NameAnswer.of(response, asked, type));
    } else {
      nextServer(false);
    }
  }

  private void took(NameAnswer answer) {
    if (!answer.addresses().isEmpty()) {
      found(answer.addresses(), Math.min(aliasSeconds, answer.seconds()));
    } else if (!answer.alias().equals(asked) && hops < MOST_HOPS) {
      hops++;
      asked = answer.alias();
      aliasSeconds = Math.min(aliasSeconds, answer.seconds());
      send();
    } else if (type.equals(DnsRecordType.A) && ipv6) {
      type = DnsRecordType.AAAA;
      asked = candidates.get(candidate);
      hops = 0;
      server = 0;
      send();
    } else {
      deny(answer.seconds());
    }
  }

  private void found(List<InetAddress> addresses, long seconds) {
    listener.accept(NameOutcome.found(addresses, seconds));
  }

  private void deny(long seconds) {
    denied.put(candidates.get(candidate), System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds));
    denies(seconds);
    ask();
  }

  /// This server does not know; where all are silent, they are so for every candidate.
  private void nextServer(boolean isSilent) {
    if (++server < servers.conf().servers().size()) {
      send();
      return;
    }
    isUnsure = true;
    candidate = isSilent ? candidates.size() : candidate + 1;
    ask();
  }
}
