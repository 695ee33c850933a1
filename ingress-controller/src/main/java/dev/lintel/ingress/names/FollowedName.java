package dev.lintel.ingress.names;

import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.proxy.upstream.Endpoint;
import dev.lintel.proxy.upstream.EndpointSet;
import dev.lintel.proxy.upstream.Upstream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One name, what it stands for, and the upstreams that live on it. Guarded by the resolution that
/// follows it.
///
/// While nobody answers, or the name is gone, its last addresses are used for ten times as long as
/// they were to be used, but no longer than five minutes.
final class FollowedName {
  private static final long LONGEST_BACK_OFF = 10;
  private static final long STALE_FACTOR = 10;
  private static final long LONGEST_STALE = 300;

  /// Who lives on a name.
  ///
  /// @param source what names it, for problems
  /// @param asClient see [AddressRules#refuses]
  record User(Upstream upstream, int port, Source source, boolean asClient) {}

  private final String host;
  private final AddressRules rules;
  private final List<User> users = new ArrayList<>();
  private final Map<String, Long> denied = new HashMap<>();
  private NameOutcome.@Nullable Kind last;
  private List<InetAddress> addresses = List.of();
  private long staleUntil;
  private int failures;

  FollowedName(String host, AddressRules rules) {
    this.host = host;
    this.rules = rules;
  }

  String host() {
    return host;
  }

  /// Which of the names that it may be short for are known not to exist.
  Map<String, Long> denied() {
    return denied;
  }

  boolean isUsed() {
    return !users.isEmpty();
  }

  /// What is known goes to the new user at once.
  void add(User user) {
    users.add(user);
    if (last != null) {
      give(user);
    }
  }

  @SuppressWarnings("ReferenceEquality") // an upstream is what it is
  void remove(Upstream upstream) {
    users.removeIf(user -> user.upstream() == upstream);
  }

  /// Takes over what a look-up came to.
  ///
  /// @param now on the clock of [System#nanoTime]
  /// @return after how many seconds it had better be looked up again, at least one
  long take(NameOutcome outcome, long now) {
    last = outcome.kind();
    long again;
    if (outcome.kind() == NameOutcome.Kind.FOUND) {
      failures = 0;
      addresses = outcome.addresses();
      again = Math.max(1, outcome.seconds());
      long stale = Math.min(again * STALE_FACTOR, LONGEST_STALE);
      staleUntil = now + TimeUnit.SECONDS.toNanos(again + stale);
    } else {
      if (!addresses.isEmpty() && staleUntil - now <= 0) {
        addresses = List.of();
      }
      again =
          outcome.kind() == NameOutcome.Kind.NO_SUCH_NAME
              ? outcome.seconds()
              : Math.min(LONGEST_BACK_OFF, 1L << Math.min(failures, 10));
      failures++;
    }
    users.forEach(this::give);
    return again;
  }

  private void give(User user) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (InetAddress address : addresses) {
      if (rules.refuses(address, user.port(), user.asClient()) == null) {
        endpoints.add(new Endpoint(new InetSocketAddress(address, user.port())));
      }
    }
    endpoints.sort((a, b) -> a.text().compareTo(b.text()));
    EndpointSet next = new EndpointSet(List.copyOf(endpoints), false);
    if (user.upstream().isExpecting() || !next.equals(user.upstream().endpoints())) {
      user.upstream().endpoints(next);
    }
  }

  /// Adds what is wrong with it.
  void problems(List<Problem> to) {
    for (User user : users) {
      if (last != null && last != NameOutcome.Kind.FOUND) {
        to.add(unresolved(user));
      }
      for (InetAddress address : addresses) {
        String why = rules.refuses(address, user.port(), user.asClient());
        if (why != null) {
          to.add(refused(user, address, why));
        }
      }
    }
  }

  private Problem unresolved(User user) {
    return new Problem.UnresolvedReference(
        user.source(),
        host,
        last == NameOutcome.Kind.NO_SUCH_NAME
            ? "the name has no address"
            : "no name server could be asked for it",
        "",
        addresses.isEmpty() ? "its requests get 503" : "its last addresses are used for a while",
        addresses.isEmpty() ? Severity.ERROR : Severity.WARNING);
  }

  private static Problem refused(User user, InetAddress address, String why) {
    return new Problem.Denied(
        user.source(),
        "address " + address.getHostAddress(),
        "is " + why,
        "an address of another machine",
        "nothing is sent there",
        Severity.ERROR);
  }
}
