package dev.lintel.proxy.upstream.guard;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Which endpoints of one upstream are left out. Passive: an endpoint that failed so many requests
/// in a row is *ejected* for a time. Active: one whose checks fail is *unwell* until they succeed.
/// At most half of the endpoints are ejected, never the last one that is left; and where fewer than
/// half are neither ejected nor unwell, all are used: those left would not bear the load of the
/// others, and so many at once are rather a fault of the judge.
///
/// Called under the lock of its upstream. Methods that answer whether something changed have
/// reported it already.
public final class UpstreamHealth {
  private static final int[] GROWTH = {1, 2, 4, 6};

  /// After so many times the first ejection without another one, the next one is a first one again.
  private static final int FORGIVEN = 20;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final String upstream;
  private final HealthSettings settings;
  private final HealthReport report;
  private final Consumer<EndpointHealth> onFailures;
  private Map<InetSocketAddress, EndpointHealth> all = Map.of();
  private int ejected;
  private int unwell;
  private int left;
  private boolean panicking;

  /// @param upstream its name, for the log
  /// @param onFailures is told, on an event loop, of an endpoint that may be ejected
  public UpstreamHealth(
      String upstream,
      HealthSettings settings,
      HealthReport report,
      Consumer<EndpointHealth> onFailures) {
    this.upstream = upstream;
    this.settings = settings;
    this.report = report;
    this.onFailures = onFailures;
  }

  /// Takes over another set of endpoints; what is known of those that stay is kept.
  public void adopt(Collection<InetSocketAddress> addresses, long now) {
    Map<InetSocketAddress, EndpointHealth> next = LinkedHashMap.newLinkedHashMap(addresses.size());
    for (InetSocketAddress address : addresses) {
      EndpointHealth known = all.get(address);
      next.put(address, known == null ? fresh(address) : known);
    }
    all = next;
    count();
    while (2 * ejected > all.size()) {
      use(nextToReturn(), now);
    }
    judge();
  }

  /// Takes over what another upstream that it replaces knows; under the locks of both. Before the
  /// first [#adopt].
  public void inherit(UpstreamHealth before) {
    Map<InetSocketAddress, EndpointHealth> known =
        LinkedHashMap.newLinkedHashMap(before.all.size());
    for (EndpointHealth each : before.all.values()) {
      EndpointHealth made = fresh(each.address());
      made.inherit(each, settings.failures() > 0, settings.check() != null);
      known.put(made.address(), made);
    }
    all = known;
    count();
    judge();
  }

  private EndpointHealth fresh(InetSocketAddress address) {
    return new EndpointHealth(
        address, settings.failures(), settings.countsServerErrors(), onFailures);
  }

  private EndpointHealth nextToReturn() {
    EndpointHealth first = null;
    for (EndpointHealth each : all.values()) {
      if (each.ejected && (first == null || each.until - first.until < 0)) {
        first = each;
      }
    }
    if (first == null) {
      throw new IllegalStateException("somebody is ejected");
    }
    return first;
  }

  /// All endpoints, in the order in which they were given.
  public List<EndpointHealth> all() {
    return new ArrayList<>(all.values());
  }

  /// What is known of an endpoint of the present set.
  ///
  /// @throws IllegalArgumentException if it is of no such set
  public EndpointHealth of(InetSocketAddress address) {
    EndpointHealth found = all.get(address);
    if (found == null) {
      throw new IllegalArgumentException(address + " is no endpoint of " + upstream);
    }
    return found;
  }

  /// Whether it is an endpoint of the present set.
  @SuppressWarnings("ReferenceEquality") // one that left and came again is another one
  public boolean includes(EndpointHealth endpoint) {
    return all.get(endpoint.address()) == endpoint;
  }

  /// Whether requests go there.
  public boolean isUsed(EndpointHealth endpoint) {
    return panicking || isLeft(endpoint);
  }

  private static boolean isLeft(EndpointHealth endpoint) {
    return !endpoint.ejected && !endpoint.unwell;
  }

  /// How many are ejected.
  public int ejected() {
    return ejected;
  }

  /// How many are unwell.
  public int unwell() {
    return unwell;
  }

  /// Whether all are used because fewer than half are well.
  public boolean isPanicking() {
    return panicking;
  }

  /// Whether an endpoint is used, and what speaks against it, for people.
  public String describe(InetSocketAddress address, long now) {
    EndpointHealth endpoint = of(address);
    StringBuilder text = new StringBuilder(isUsed(endpoint) ? "used" : "left out");
    if (endpoint.ejected) {
      text.append(", ejected for another ").append(endpoint.leftMillis(now)).append(" ms");
    }
    if (endpoint.unwell) {
      text.append(", unwell by its checks");
    }
    return text.toString();
  }

  /// Ejects an endpoint that is failing, where that is allowed.
  ///
  /// @return whether it is ejected now and was not before
  public boolean eject(EndpointHealth endpoint, long now) {
    if (!includes(endpoint)
        || endpoint.ejected
        || !endpoint.isFailing()
        || 2 * (ejected + 1) > all.size()
        || isLeft(endpoint) && left <= 1) {
      return false;
    }
    long forgiven = (long) FORGIVEN * settings.ejectionMillis() * NANOS_PER_MILLI;
    if (endpoint.ejections > 0 && now - endpoint.readmitted > forgiven) {
      endpoint.ejections = 0;
    }
    endpoint.ejected = true;
    long millis = lengthen(endpoint, now);
    count();
    report.ejected(upstream, endpoint.name(), endpoint.cause(), settings.failures(), millis);
    judge();
    return true;
  }

  /// An ejected endpoint could not be reached when its time was over: it is left out for longer.
  ///
  /// @return for how many milliseconds; 0 where it is not ejected any more
  public long extend(EndpointHealth endpoint, long now) {
    return includes(endpoint) && endpoint.ejected ? lengthen(endpoint, now) : 0;
  }

  private long lengthen(EndpointHealth endpoint, long now) {
    int times = GROWTH[Math.min(endpoint.ejections, GROWTH.length - 1)];
    endpoint.ejections++;
    long millis = (long) times * settings.ejectionMillis();
    endpoint.until = now + millis * NANOS_PER_MILLI;
    return millis;
  }

  /// Uses an ejected endpoint again, on probation.
  ///
  /// @return whether it was ejected
  public boolean readmit(EndpointHealth endpoint, long now) {
    if (!includes(endpoint) || !endpoint.ejected) {
      return false;
    }
    use(endpoint, now);
    judge();
    return true;
  }

  private void use(EndpointHealth endpoint, long now) {
    endpoint.ejected = false;
    endpoint.readmitted = now;
    endpoint.onProbation();
    count();
    report.readmitted(upstream, endpoint.name());
  }

  /// A check of an endpoint ended.
  ///
  /// @return whether that made it well or unwell
  public boolean checked(EndpointHealth endpoint, boolean isGood) {
    CheckSettings check = settings.check();
    if (check == null || !includes(endpoint)) {
      return false;
    }
    if (isGood != endpoint.unwell) {
      endpoint.checksAgainst = 0; // as expected
      return false;
    }
    int enough = isGood ? check.wellAfter() : check.unwellAfter();
    if (++endpoint.checksAgainst < enough) {
      return false;
    }
    endpoint.checksAgainst = 0;
    endpoint.unwell = !isGood;
    count();
    report.checked(upstream, endpoint.name(), isGood, enough);
    judge();
    return true;
  }

  private void count() {
    int out = 0;
    int ill = 0;
    int rest = 0;
    for (EndpointHealth each : all.values()) {
      out += each.ejected ? 1 : 0;
      ill += each.unwell ? 1 : 0;
      rest += isLeft(each) ? 1 : 0;
    }
    ejected = out;
    unwell = ill;
    left = rest;
  }

  private void judge() {
    boolean now = 2 * left < all.size();
    if (now != panicking) {
      panicking = now;
      report.panicking(upstream, now, left, all.size());
    }
  }
}
