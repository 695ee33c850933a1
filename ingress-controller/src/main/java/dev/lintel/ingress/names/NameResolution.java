package dev.lintel.ingress.names;

import dev.lintel.ingress.feature.ThisMachine;
import dev.lintel.ingress.names.FollowedName.User;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.proxy.upstream.Upstream;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps the endpoints of upstreams that are known by name current. A name is looked up once for
/// all that live on it, again when its answer is over, and never more often than once a second.
///
/// Methods return at once and may be called from any thread. The thread of names begins with the
/// first name.
public final class NameResolution implements AutoCloseable {
  /// An entry of the hosts file, for which nobody is asked.
  private static final long HOSTS_SECONDS = 60;

  private final AddressRules rules;
  private final Supplier<ResolvConf> conf;
  private final Runnable onProblems;
  private final Map<Upstream, FollowedName> byUpstream = new IdentityHashMap<>();
  private final Map<String, FollowedName> byName = new TreeMap<>();
  private @Nullable MultiThreadIoEventLoopGroup thread;
  private @Nullable NameServers servers;
  private boolean ipv6 = true;
  private boolean closed;
  private volatile List<Problem> problems = List.of();

  /// @param rules where answers may not lead
  /// @param conf whom to ask; read with the first name
  /// @param onProblems called when [#problems] are others than before
  public NameResolution(AddressRules rules, Supplier<ResolvConf> conf, Runnable onProblems) {
    this.rules = rules;
    this.conf = conf;
    this.onProblems = onProblems;
  }

  /// Whether names that have no IPv4 address are looked up for one of IPv6, from their next look-up
  /// on.
  public synchronized void ipv6(boolean isUsed) {
    ipv6 = isUsed;
  }

  /// What is wrong with the names now.
  public List<Problem> problems() {
    return problems;
  }

  /// Gives `upstream` the addresses of `host` from now on, until it is forgotten; requests that
  /// come before they are known wait. An address is not looked up.
  ///
  /// @param source what names the host, for problems
  /// @param asClient whether the proxy asks there for itself; see [AddressRules]
  public void follow(Upstream upstream, String host, int port, Source source, boolean asClient) {
    upstream.expectEndpoints();
    synchronized (this) {
      if (closed) {
        return;
      }
      FollowedName name = byName.get(host);
      if (name == null) {
        name = new FollowedName(host, rules);
        byName.put(host, name);
        InetAddress literal = ThisMachine.literal(host);
        if (literal == null) {
          look(name, 0);
        } else {
          name.take(NameOutcome.found(List.of(literal), 1), System.nanoTime());
        }
      }
      byUpstream.put(upstream, name);
      name.add(new User(upstream, port, source, asClient));
    }
    report();
  }

  /// Ends following `upstream`, if it is followed.
  public void forget(Upstream upstream) {
    synchronized (this) {
      FollowedName name = byUpstream.remove(upstream);
      if (name == null) {
        return;
      }
      name.remove(upstream);
      if (!name.isUsed() && ThisMachine.literal(name.host()) != null) {
        byName.remove(name.host());
      }
      // Any other is kept until its next look-up: whoever comes back soon asks nobody.
    }
    report();
  }

  /// Looks a name up after so many seconds; one that nobody uses any more is dropped instead.
  private void look(FollowedName name, long seconds) {
    loop().schedule(() -> look(name), seconds, TimeUnit.SECONDS);
  }

  private void look(FollowedName name) {
    NameLookup lookup;
    synchronized (this) {
      if (closed) {
        return;
      }
      if (!name.isUsed()) {
        byName.remove(name.host());
        return;
      }
      NameServers asked = servers();
      List<InetAddress> hosts = asked.hosts(name.host(), ipv6);
      if (!hosts.isEmpty()) {
        take(name, NameOutcome.found(hosts, HOSTS_SECONDS));
        return;
      }
      lookup =
          new NameLookup(asked, name.host(), ipv6, name.denied(), outcome -> take(name, outcome));
    }
    lookup.start();
  }

  private void take(FollowedName name, NameOutcome outcome) {
    synchronized (this) {
      if (closed) {
        return;
      }
      long seconds = name.take(outcome, System.nanoTime());
      // From its end: a look-up is never less than a second after the one before it.
      look(name, seconds);
    }
    report();
  }

  /// Tells of problems that are new or solved.
  private void report() {
    List<Problem> now = new ArrayList<>();
    synchronized (this) {
      byName.values().forEach(name -> name.problems(now));
      if (now.equals(problems)) {
        return;
      }
      problems = List.copyOf(now);
    }
    onProblems.run();
  }

  private EventLoop loop() {
    MultiThreadIoEventLoopGroup running = thread;
    if (running == null) {
      running =
          new MultiThreadIoEventLoopGroup(
              1, new DefaultThreadFactory("names", true), NioIoHandler.newFactory());
      thread = running;
    }
    return running.next();
  }

  private NameServers servers() {
    NameServers known = servers;
    if (known == null) {
      known = new NameServers(conf.get(), loop());
      servers = known;
    }
    return known;
  }

  @Override
  public synchronized void close() {
    closed = true;
    byUpstream.clear();
    byName.clear();
    if (servers != null) {
      servers.close();
    }
    if (thread != null) {
      thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}
