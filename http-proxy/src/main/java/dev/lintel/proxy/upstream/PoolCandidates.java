package dev.lintel.proxy.upstream;

import dev.lintel.proxy.loop.Loop;
import dev.lintel.proxy.upstream.balance.Candidates;
import dev.lintel.proxy.upstream.balance.Derived;
import java.util.concurrent.ThreadLocalRandom;

/// The endpoints of one upstream as a balancer sees them from one loop. Used again for each pick.
final class PoolCandidates implements Candidates {
  private final UpstreamPool pool;
  private final Loop loop;
  private EndpointPool[] members = {};
  private Derived derived = Derived.NOTHING;
  private Attempts attempts = new Attempts();

  PoolCandidates(UpstreamPool pool, Loop loop) {
    this.pool = pool;
    this.loop = loop;
  }

  void begin(EndpointPool[] among, Derived of, Attempts by) {
    members = among;
    derived = of;
    attempts = by;
  }

  @Override
  public int count() {
    return members.length;
  }

  @Override
  public int tries() {
    return attempts.count();
  }

  @Override
  public boolean isTried(int index) {
    return attempts.includes(members[index].endpoint);
  }

  @Override
  public boolean mayRepeat() {
    return attempts.isRepeatAllowed();
  }

  @Override
  public int last() {
    Endpoint last = attempts.last();
    for (int i = 0; last != null && i < members.length; i++) {
      if (last.equals(members[i].endpoint)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public int inTurn() {
    return pool.inTurn(attempts);
  }

  @Override
  public int random(int bound) {
    return ThreadLocalRandom.current().nextInt(bound);
  }

  @Override
  public long nanos() {
    return loop.nanos();
  }

  @Override
  public Derived derived() {
    return derived;
  }
}
