package dev.lintel.ingress.status;

import dev.lintel.ingress.kube.KubeClient;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectorBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether this replica is the one that writes. Campaigns for the Lease as long as it lives: who
/// has lost it campaigns again.
public final class Leadership implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

  private final Campaign campaign;
  private final RenewalClock renewals;
  private final @Nullable KubernetesClient client;
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Thread thread =
      Thread.ofPlatform().name("lintel-leader").daemon().unstarted(this::run);
  private volatile boolean leads;
  private volatile boolean closed;
  private volatile @Nullable CompletableFuture<?> term;

  /// What is campaigned for.
  ///
  /// @param lease the Lease's name (`--election-id`)
  /// @param identity this replica, e.g. the pod's name
  /// @param ttl how long a lease lasts (`--election-ttl`); renewed until half of it has passed
  ///   without success
  public record Campaign(String namespace, String lease, String identity, Duration ttl) {}

  private Leadership(Campaign campaign, @Nullable KubernetesClient client) {
    this.campaign = campaign;
    this.client = client;
    this.renewals =
        new RenewalClock(
            new LeaseLock(campaign.namespace(), campaign.lease(), campaign.identity()));
  }

  /// Starts to campaign; does not wait.
  public static Leadership campaign(KubeClient client, Campaign campaign) {
    Leadership leadership = new Leadership(campaign, client.writes());
    leadership.thread.start();
    return leadership;
  }

  /// The lead without an election (`--disable-leader-election`).
  public static Leadership always() {
    Leadership leadership = new Leadership(new Campaign("", "", "", Duration.ofDays(1)), null);
    leadership.leads = true;
    return leadership;
  }

  /// Whether this replica may write now. Ends by itself well before another one can lead, even
  /// where the thread that renews hangs.
  public boolean isLeader() {
    return leads
        && (client == null
            || renewals.age().compareTo(campaign.ttl().multipliedBy(3).dividedBy(4)) < 0);
  }

  /// Calls `listener` whenever this replica has come to lead; it must not block.
  public void onGained(Runnable listener) {
    listeners.add(listener);
  }

  /// Gives the lease back, so that another replica leads at once. Whoever writes must have stopped.
  @Override
  public void close() {
    closed = true;
    leads = false;
    CompletableFuture<?> running = term;
    if (running != null) {
      running.cancel(true);
    }
    if (thread.isAlive()) { // there is none without an election
      thread.interrupt();
      try {
        thread.join(Duration.ofSeconds(5));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    tasks.shutdownNow();
  }

  private void run() {
    while (!closed) {
      try {
        try {
          serveTerm();
        } catch (RuntimeException e) {
          LOG.warn("the election {} failed; trying again", campaign.lease(), e);
        }
        Thread.sleep(retryPeriod());
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  /// A quarter of the lease is usual, but the elector stretches each pause by up to 2.2 times, and
  /// two attempts must fit into the half in which a renewal has to succeed.
  private Duration retryPeriod() {
    return campaign.ttl().dividedBy(5);
  }

  /// Campaigns once: until the lease was won and lost again.
  private void serveTerm() throws InterruptedException {
    CompletableFuture<?> running = elector().start();
    term = running;
    try {
      if (closed) {
        running.cancel(true);
      }
      running.get();
    } catch (ExecutionException e) {
      LOG.warn("the election {} failed; trying again", campaign.lease(), e.getCause());
    } catch (CancellationException _) {
      // closed
    } finally {
      leads = false;
    }
  }

  private LeaderElector elector() {
    LeaderCallbacks callbacks = new LeaderCallbacks(this::gained, this::lost, this::heard);
    LeaderElectionConfig config =
        new LeaderElectionConfig(
            renewals,
            campaign.ttl(),
            campaign.ttl().dividedBy(2),
            retryPeriod(),
            callbacks,
            true,
            campaign.lease());
    return new LeaderElectorBuilder(client, tasks).withConfig(config).build();
  }

  private void gained() {
    if (!closed) {
      LOG.info("{} leads: it writes status and events", campaign.identity());
      leads = true;
      listeners.forEach(Runnable::run);
    }
  }

  private void lost() {
    leads = false;
    LOG.info("{} leads no more", campaign.identity());
  }

  private void heard(String leader) {
    LOG.debug("the leader is {}", leader);
  }
}
