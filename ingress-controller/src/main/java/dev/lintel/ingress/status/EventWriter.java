package dev.lintel.ingress.status;

import dev.lintel.ingress.kube.KubeClient;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.snapshot.IngressView;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ObjectKind;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tells users of their problems where they look first: as Events of the object.
///
/// Each problem is told once, and again every hour while it lasts, which is how long Kubernetes
/// keeps an Event. Problems of files have no object and no Event.
public final class EventWriter implements AutoCloseable {
  private static final int WRITES_PER_SECOND = 10;
  private static final long REPEAT_NANOS = Duration.ofHours(1).toNanos();
  private static final int LONGEST_NOTE = 1_000;
  private static final int LONGEST_NAME = 200;
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final KubernetesClient client;
  private final Leadership leadership;
  private final String instance;
  private final PatientWrites writes = new PatientWrites("events", WRITES_PER_SECOND);
  private final Semaphore wakes = new Semaphore(0);
  private final Thread thread = Thread.ofVirtual().name("lintel-events").unstarted(this::run);
  private volatile Report latest = new Report(0, List.of(), null);

  /// Only the writing thread's: when each problem was told.
  private final Map<Problem, Long> toldNanos = new HashMap<>();

  private record Report(
      long number, List<Problem> problems, @Nullable KubernetesSnapshot snapshot) {}

  private EventWriter(KubeClient client, Leadership leadership, String instance) {
    this.client = client.writes();
    this.leadership = leadership;
    this.instance = instance;
  }

  /// @param instance this replica, e.g. the pod's name
  public static EventWriter start(KubeClient client, Leadership leadership, String instance) {
    EventWriter writer = new EventWriter(client, leadership, instance);
    leadership.onGained(writer.wakes::release);
    writer.thread.start();
    return writer;
  }

  /// Hands over all problems there are now. Does not block; one thread calls it.
  ///
  /// @param snapshot where they were found
  @SuppressWarnings("NonAtomicVolatileUpdate") // the control thread alone reports
  public void report(List<Problem> problems, KubernetesSnapshot snapshot) {
    latest = new Report(latest.number() + 1, List.copyOf(problems), snapshot);
    wakes.release();
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (true) {
        if (wakes.tryAcquire(1, TimeUnit.MINUTES)) {
          wakes.drainPermits();
        }
        tell(latest);
      }
    } catch (InterruptedException _) {
      // closed
    }
  }

  private void tell(Report report) {
    long now = System.nanoTime();
    Set<Problem> present = new HashSet<>(report.problems());
    toldNanos
        .entrySet()
        .removeIf(e -> now - e.getValue() >= REPEAT_NANOS && !present.contains(e.getKey()));
    for (Problem problem : worstFirst(present)) {
      if (!leadership.isLeader() || Thread.currentThread().isInterrupted()) {
        return;
      }
      if (latest.number() != report.number()) {
        wakes.release(); // thousands may have gone with a namespace: they need not be told any more
        return;
      }
      Long told = toldNanos.get(problem);
      if (told == null || now - told >= REPEAT_NANOS) {
        Event event = event(problem, report.snapshot());
        if (event == null || writes.write(() -> create(event))) {
          toldNanos.put(problem, now);
        } else {
          return;
        }
      }
    }
  }

  private static List<Problem> worstFirst(Set<Problem> problems) {
    return problems.stream()
        .sorted(Comparator.comparing(Problem::severity, Comparator.reverseOrder()))
        .toList();
  }

  private void create(Event event) {
    client
        .events()
        .v1()
        .events()
        .inNamespace(event.getMetadata().getNamespace())
        .resource(event)
        .create();
  }

  private @Nullable Event event(Problem problem, @Nullable KubernetesSnapshot snapshot) {
    ObjectKind kind = ObjectKind.named(problem.source().kind());
    if (kind == null) {
      return null;
    }
    ObjectKey key = key(problem.source().name());
    String namespace = key.namespace().isEmpty() ? "default" : key.namespace();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withGenerateName(cut(key.name(), LONGEST_NAME) + "-")
        .endMetadata()
        .withEventTime(new MicroTime(MICROS.format(Instant.now())))
        .withReportingController("lintel.dev/ingress-controller")
        .withReportingInstance(instance)
        .withAction("Compile")
        .withReason(problem.getClass().getSimpleName())
        .withType(problem.severity() == Severity.INFO ? "Normal" : "Warning")
        .withNote(cut(note(problem), LONGEST_NOTE))
        .withNewRegarding()
        .withApiVersion(kind.apiVersion())
        .withKind(kind.kind())
        .withNamespace(key.namespace())
        .withName(key.name())
        .withUid(uid(kind, key, snapshot))
        .endRegarding()
        .build();
  }

  /// `kubectl describe` finds an Event only by the object's uid.
  private static @Nullable String uid(
      ObjectKind kind, ObjectKey key, @Nullable KubernetesSnapshot snapshot) {
    if (kind != ObjectKind.INGRESS || snapshot == null) {
      return null;
    }
    IngressView ingress = snapshot.ingresses().get(key);
    return ingress == null || ingress.uid().isEmpty() ? null : ingress.uid();
  }

  private static String note(Problem problem) {
    String sentence = problem.sentence();
    String source = problem.source() + " ";
    return sentence.startsWith(source) ? sentence.substring(source.length()) : sentence;
  }

  private static ObjectKey key(String name) {
    int slash = name.indexOf('/');
    return slash < 0
        ? new ObjectKey("", name)
        : new ObjectKey(name.substring(0, slash), name.substring(slash + 1));
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
  }
}
