package dev.lintel.ingress;

import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.proxy.body.Spool;
import dev.lintel.proxy.observe.MetricsOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything one process of Lintel was told at its start, whichever subcommand it was.
///
/// @param source where the objects come from
/// @param accessLog `stdout`, `off`, or the path of a file to append to
/// @param showsProblems whether each new problem is printed for a person at a console, besides
///   being logged
/// @param bodyFiles where bodies lie that are read whole and are too long for memory
/// @param zone in which this process runs
public record ControllerConfig(
    Source source,
    Listening listening,
    Selection selection,
    Objects objects,
    Status status,
    MetricsChoice metrics,
    Drain drain,
    String accessLog,
    boolean showsProblems,
    BodyFiles bodyFiles,
    Zone zone) {
  /// With long bodies in the usual directory, and in no zone.
  public ControllerConfig(
      Source source,
      Listening listening,
      Selection selection,
      Objects objects,
      Status status,
      MetricsChoice metrics,
      Drain drain,
      String accessLog,
      boolean showsProblems) {
    this(
        source,
        listening,
        selection,
        objects,
        status,
        metrics,
        drain,
        accessLog,
        showsProblems,
        new BodyFiles("", Spool.USUAL_BYTES),
        Zone.NONE);
  }

  /// Where Kubernetes objects come from.
  public sealed interface Source {}

  /// The watch of an API server. Empty texts mean: as the environment says (in-cluster, or the
  /// user's kubeconfig).
  ///
  /// @param namespace the only namespace watched, or empty
  /// @param namespaceSelector label selector of the namespaces watched, or empty
  public record Cluster(
      String apiServer,
      String kubeconfig,
      String certificateAuthority,
      String namespace,
      String namespaceSelector)
      implements Source {}

  /// A folder of manifests.
  public record Folder(Path directory) implements Source {}

  /// The ports; 0 is any free one.
  ///
  /// @param adminHost the address the admin port is bound to; empty: every address
  /// @param healthPath the path that answers for readiness
  public record Listening(
      int httpPort, int httpsPort, int adminPort, String adminHost, String healthPath) {}

  /// Which Ingresses are served and how their annotations are named.
  public record Selection(
      String annotationsPrefix,
      String controllerClass,
      String ingressClass,
      boolean classByName,
      boolean withoutClass,
      boolean ignoresCatchAll,
      boolean refusesExternalNames) {}

  /// Objects with a role for the whole proxy; null where there is none.
  ///
  /// @param streams of TCP and UDP, and TLS that is passed on
  public record Objects(
      @Nullable ObjectKey configMap,
      @Nullable ObjectKey defaultBackend,
      @Nullable ObjectKey defaultCertificate,
      Streams streams) {
    /// Nothing but HTTP.
    public Objects(
        @Nullable ObjectKey configMap,
        @Nullable ObjectKey defaultBackend,
        @Nullable ObjectKey defaultCertificate) {
      this(configMap, defaultBackend, defaultCertificate, new Streams(null, null, false));
    }
  }

  /// What is passed on below HTTP.
  ///
  /// @param tcpServices the ConfigMap of TCP services, or null
  /// @param udpServices the ConfigMap of UDP services, or null
  /// @param passesThrough whether Ingresses may have TLS passed on unopened
  public record Streams(
      @Nullable ObjectKey tcpServices, @Nullable ObjectKey udpServices, boolean passesThrough) {}

  /// What is written back to the cluster; nothing where the source is a folder.
  ///
  /// @param publishService the Service whose addresses become the status, or null
  /// @param publishAddresses fixed addresses for the status; empty: none given
  /// @param syncEvents whether accepted Ingresses get an Event
  public record Status(
      boolean update,
      boolean clearsOnShutdown,
      @Nullable ObjectKey publishService,
      List<String> publishAddresses,
      Duration interval,
      String electionId,
      Duration electionTtl,
      boolean election,
      boolean syncEvents) {}

  /// Which metrics are kept, and how.
  ///
  /// @param served whether `/metrics` answers
  /// @param limits what is left out, and how many series there may be
  public record MetricsChoice(
      boolean served,
      boolean perHost,
      boolean statusClasses,
      List<Double> timeBuckets,
      List<Double> lengthBuckets,
      List<Double> sizeBuckets,
      MetricsOptions.Limits limits) {
    /// The same, at `/metrics`.
    public MetricsChoice whichAreServed() {
      return new MetricsChoice(
          true, perHost, statusClasses, timeBuckets, lengthBuckets, sizeBuckets, limits);
    }
  }

  /// Where bodies of requests lie that are read whole and are too long for memory.
  ///
  /// @param directory empty for that of temporary files
  /// @param mostBytes of all files together
  public record BodyFiles(String directory, long mostBytes) {}

  /// The zone whose endpoints are preferred where their slices give hints.
  ///
  /// @param name as it stands in hints; empty where it was not given
  /// @param isOfNode whether it is that of the node, where it was not given
  public record Zone(String name, boolean isOfNode) {
    /// Hints do not count.
    public static final Zone NONE = new Zone("", false);
  }

  /// How the process ends.
  ///
  /// @param preStop after the signal: readiness fails, yet connections are accepted for this long
  /// @param limit how long requests in flight and WebSockets may take after that
  /// @param linger how long the process stays when all is done
  public record Drain(Duration preStop, Duration limit, Duration linger) {
    /// How long clients' idle connections are waited for, behind the pre-stop time: until their
    /// clients have used them once more, or have most likely given them up.
    public Duration rest() {
      return preStop.multipliedBy(3);
    }
  }
}
