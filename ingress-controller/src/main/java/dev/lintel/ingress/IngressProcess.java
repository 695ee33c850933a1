package dev.lintel.ingress;

import dev.lintel.ingress.ControllerConfig.Drain;
import dev.lintel.ingress.ControllerConfig.Listening;
import dev.lintel.ingress.admin.AdminServer;
import dev.lintel.ingress.link.ConfigLinker;
import dev.lintel.ingress.link.EmptyConfig;
import dev.lintel.ingress.link.LiveUpstreams;
import dev.lintel.ingress.link.Ports;
import dev.lintel.ingress.names.AddressRules;
import dev.lintel.ingress.names.NameResolution;
import dev.lintel.ingress.names.ResolvConf;
import dev.lintel.ingress.plan.ProxyPlan;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.proxy.AddressInUse;
import dev.lintel.proxy.ProxyConfig;
import dev.lintel.proxy.ProxyServer;
import dev.lintel.tls.KeyMaterial;
import dev.lintel.tls.SelfMadeCertificate;
import dev.lintel.tls.SslContexts;
import dev.lintel.tls.TicketKeys;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One whole running Lintel: source, control loop, proxy and admin port, put together as a
/// configuration says.
///
/// The admin port opens first and says "not ready"; the proxy's ports open with the first
/// configuration; "ready" follows when the hot path is warm. The end goes the other way round, see
/// `drain`.
public final class IngressProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IngressProcess.class);

  /// So many requests, after which the compilers have what they need; and a limit for machines that
  /// are so busy that waiting any longer helps nobody.
  private static final int WARM_UP_REQUESTS = 500;

  private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(8);

  /// Whoever waits for the ports of `serve` is answered before the warm-up begins: on one core the
  /// two would take turns. In a cluster nobody comes before readiness.
  private static final Duration FIRST_REQUEST = Duration.ofMillis(150);

  private final ControllerConfig config;
  private final boolean inCluster;
  private final Thread warmUp =
      Thread.ofPlatform().name("warm-up").daemon().unstarted(this::warmUp);
  private final CountDownLatch open = new CountDownLatch(1);
  private final KeyMaterial certificate = SelfMadeCertificate.issueLater();
  private final Observation observation;
  private final NameResolution names;
  private final LiveUpstreams upstreams;
  private final StoreWatch watch;
  private final ObjectSource source;
  private final ProcessState state;
  private @Nullable AdminServer admin;
  private @Nullable Controller controller;
  private @Nullable ProxyServer server;
  private @Nullable ConfigLinker linker;

  /// Of the configuration before the first one.
  private final SslContexts contexts = new SslContexts(TicketKeys.random());

  private IngressProcess(
      ControllerConfig config,
      Consumer<String> console,
      Function<Runnable, NameResolution> resolution)
      throws IOException {
    this.config = config;
    this.observation = Observation.of(config);
    this.inCluster = config.source() instanceof ControllerConfig.Cluster;
    this.names = resolution.apply(this::recompile);
    this.upstreams = new LiveUpstreams(names);
    upstreams.zone(config.zone().name());
    this.watch = new StoreWatch(upstreams, this::recompile);
    this.source = ObjectSource.of(config, watch.store(), upstreams::zone);
    this.state =
        new ProcessState(
            new ControlMetrics(observation.metrics(), upstreams),
            new ProblemReport(config.showsProblems() ? console : null),
            source);
  }

  /// Starts everything and returns when the ports are open.
  ///
  /// @param console where a person reads about problems, if the configuration asks for that
  /// @throws AddressInUse if a port is in use
  /// @throws StartRefused if something that the configuration names does not exist
  public static IngressProcess start(ControllerConfig config, Consumer<String> console)
      throws AddressInUse, StartRefused, IOException, InterruptedException {
    AddressRules rules =
        config.source() instanceof ControllerConfig.Cluster
            ? addressRules(config.listening())
            : AddressRules.NONE;
    return start(
        config, console, changed -> new NameResolution(rules, ResolvConf::ofSystem, changed));
  }

  /// The same with other name servers than the machine's.
  ///
  /// @param resolution makes what looks names up, given whom to tell of problems
  static IngressProcess start(
      ControllerConfig config,
      Consumer<String> console,
      Function<Runnable, NameResolution> resolution)
      throws AddressInUse, StartRefused, IOException, InterruptedException {
    IngressProcess process = new IngressProcess(config, console, resolution);
    boolean started = false;
    try {
      process.open();
      started = true;
      return process;
    } finally {
      if (!started) {
        process.close();
      }
    }
  }

  private void open() throws AddressInUse, StartRefused, IOException, InterruptedException {
    Listening listening = config.listening();
    admin = openAdmin(listening);
    watch.start();
    source.start();
    if (inCluster) {
      warmUp.start(); // while the objects come in: one core waits for them
    }
    watch.awaitFirst();
    RequiredObjects.check(config, watch.latest().snapshot());
    Ports ports = new Ports(listening.httpPort(), listening.httpsPort());
    if (ports.http() == 0 || ports.https() == 0) {
      // Redirects name the port, so it has to be known before the first configuration is linked.
      ProxyServer early = observation.serve(EmptyConfig.nothing(contexts, certificate));
      server = early;
      upstreams.check(early.loops());
      ports = new Ports(early.httpPort(), early.httpsPort());
    }
    ConfigLinker linking = new ConfigLinker(upstreams, ports, inCluster);
    linker = linking;
    Controller loop =
        new Controller(
            () -> watch.latest().snapshot(),
            PlanSource.of(config, certificate),
            linking,
            (next, plan) -> publish(next, plan, linking),
            state);
    controller = loop;
    state.sourceProblems(this::liveProblems);
    loop.start();
    open.countDown();
    if (!inCluster) {
      warmUp.start();
    }
  }

  /// Problems that no compilation finds: of what was read, and of names.
  private List<Problem> liveProblems() {
    List<Problem> all = new ArrayList<>(watch.latest().problems());
    all.addAll(names.problems());
    return all;
  }

  private static AddressRules addressRules(Listening listening) {
    return AddressRules.ofPod(
        Set.copyOf(List.of(listening.httpPort(), listening.httpsPort())),
        listening.adminPort(),
        System.getenv());
  }

  private AdminServer openAdmin(Listening listening) throws AddressInUse {
    InetSocketAddress address =
        listening.adminHost().isEmpty()
            ? new InetSocketAddress(listening.adminPort())
            : new InetSocketAddress(listening.adminHost(), listening.adminPort());
    try {
      return new AdminServer(address, state.pages(config, observation.metrics()));
    } catch (IOException e) {
      throw new AddressInUse(address.getHostString(), listening.adminPort(), e);
    }
  }

  private void publish(ProxyConfig next, ProxyPlan plan, ConfigLinker linking) throws AddressInUse {
    observation.log(plan.global());
    ProxyServer running = server;
    if (running == null) {
      running = observation.serve(next);
      server = running;
      upstreams.check(running.loops());
    } else {
      running.publish(next);
    }
    observation.metrics().keepOnly(linking.labels());
  }

  private void recompile() {
    Controller loop = controller;
    if (loop != null) {
      loop.changed();
    }
  }

  /// The self-made certificate is made here, while the ports are open already: whoever waits for
  /// readiness finds it made, and a start does not wait for it.
  private void warmUp() {
    if (!inCluster) {
      LockSupport.parkNanos(FIRST_REQUEST.toNanos());
    }
    certificate.make();
    WarmUp.run(certificate, WARM_UP_REQUESTS, WARM_UP_LIMIT);
    try {
      open.await();
    } catch (InterruptedException _) {
      return; // the start was given up
    }
    state.warm();
    LOG.info("ready: http={} https={} admin={}", httpPort(), httpsPort(), adminPort());
  }

  /// The port of plain HTTP.
  public int httpPort() {
    return running().httpPort();
  }

  /// The port of HTTPS.
  public int httpsPort() {
    return running().httpsPort();
  }

  /// The port of health, metrics and debug pages.
  public int adminPort() {
    AdminServer open = admin;
    return open == null ? 0 : open.port();
  }

  private ProxyServer running() {
    ProxyServer running = server;
    if (running == null) {
      throw new IllegalStateException("the ports are not open yet");
    }
    return running;
  }

  /// Ends service without failing a request: readiness fails and the lease is given back at once;
  /// connections are accepted for the pre-stop time; then clients are told to go elsewhere, nothing
  /// is accepted any more, requests in flight end, WebSockets last.
  ///
  /// @param haste counted down when there is no more patience: every wait ends at once
  public void drain(CountDownLatch haste) throws InterruptedException {
    Duration preStop = config.drain().preStop();
    state.drain();
    source.release();
    LOG.info("draining: accepting for another {} s", preStop.toSeconds());
    wait(haste, preStop);
    ProxyServer running = running();
    running.discourageReuse();
    // Who is told so connects anew, and some still come here.
    wait(haste, preStop.dividedBy(3));
    running.stopAccepting();
    awaitIdle(running, haste);
    wait(haste, config.drain().linger());
    LOG.info("drained");
  }

  private void awaitIdle(ProxyServer running, CountDownLatch haste) throws InterruptedException {
    Drain times = config.drain();
    FutureTask<Boolean> idle =
        new FutureTask<>(() -> running.awaitIdle(times.limit(), times.rest()));
    Thread waiting = Thread.ofVirtual().start(idle);
    while (waiting.isAlive() && haste.getCount() > 0) {
      waiting.join(Duration.ofMillis(20));
    }
    if (!idle.isDone() || !idle.resultNow()) {
      LOG.warn("requests were still in flight when the time was up");
    }
    waiting.interrupt();
  }

  private static void wait(CountDownLatch haste, Duration time) throws InterruptedException {
    boolean _ = haste.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    warmUp.interrupt();
    if (controller != null) {
      controller.close();
    }
    source.close();
    watch.close();
    upstreams.close(); // while the loops that hold their connections still run
    if (server != null) {
      server.close();
    }
    if (linker != null) {
      linker.close();
    }
    contexts.close();
    if (admin != null) {
      admin.close();
    }
    observation.close();
  }
}
