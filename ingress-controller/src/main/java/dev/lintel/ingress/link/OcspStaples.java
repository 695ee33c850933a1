package dev.lintel.ingress.link;

import dev.lintel.tls.InvalidKeyMaterial;
import dev.lintel.tls.KeyMaterial;
import dev.lintel.tls.RevocationInquiry;
import dev.lintel.tls.ServedCertificate;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the OCSP answers that are stapled to handshakes: asked for when a certificate comes, again
/// every hour, and after a failure every five minutes. A handshake waits for none of it: it gets
/// the answer that is there, and none where there is none, or none that is good any more.
///
/// Questions are asked by virtual threads, eight at a time.
final class OcspStaples implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OcspStaples.class);
  private static final int AT_ONCE = 8;

  /// How often responders are asked.
  ///
  /// @param again after a good answer, a tenth of it more or less
  /// @param retry after a failure
  record Pace(Duration again, Duration retry) {
    static final Pace USUAL = new Pace(Duration.ofHours(1), Duration.ofMinutes(5));
  }

  /// What is known of one certificate; guarded by the lock of the whole.
  private static final class Entry {
    final RevocationInquiry inquiry;
    List<ServedCertificate> served = List.of();
    byte @Nullable [] answer;
    Instant until = Instant.MAX;
    Instant next = Instant.MIN;
    boolean isAsked;
    String complaint = "";

    Entry(RevocationInquiry inquiry) {
      this.inquiry = inquiry;
    }
  }

  private final OcspFetch fetch;
  private final Pace pace;
  private final Semaphore free = new Semaphore(AT_ONCE);
  private Map<KeyMaterial, Entry> entries = Map.of();
  private @Nullable Thread worker;

  OcspStaples(OcspFetch fetch, Pace pace) {
    this.fetch = fetch;
    this.pace = pace;
  }

  /// From now on these certificates have staples, and no others; answers for those that had some
  /// before are kept.
  synchronized void serve(Collection<ServedCertificate> certificates) {
    Map<KeyMaterial, List<ServedCertificate>> by = new HashMap<>();
    for (ServedCertificate each : certificates) {
      if (each.isMade()) { // the self-made one has no responder, and must not be made for this
        by.computeIfAbsent(each.material(), _ -> new ArrayList<>()).add(each);
      }
    }
    Map<KeyMaterial, Entry> next = new HashMap<>();
    by.forEach(
        (material, served) -> {
          Entry entry = entries.get(material);
          RevocationInquiry inquiry = entry == null ? RevocationInquiry.of(material) : null;
          Entry kept = inquiry == null ? entry : new Entry(inquiry);
          if (kept != null) {
            kept.served = List.copyOf(served);
            byte[] answer = kept.answer;
            served.forEach(each -> each.staple(answer));
            next.put(material, kept);
          }
        });
    entries.forEach(
        (material, entry) -> {
          if (!next.containsKey(material)) {
            entry.served.forEach(each -> each.staple(null));
          }
        });
    entries = Map.copyOf(next);
    if (!entries.isEmpty() && worker == null) {
      worker = Thread.ofVirtual().name("ocsp").start(this::work);
    }
    notifyAll();
  }

  private void work() {
    try {
      while (true) {
        for (Entry due : due()) {
          free.acquire();
          Thread.ofVirtual().name("ocsp " + due.inquiry.responder()).start(() -> ask(due));
        }
      }
    } catch (InterruptedException _) {
      // closed
    }
  }

  /// Waits until something is to be asked, and drops what is no good any more on the way.
  private synchronized List<Entry> due() throws InterruptedException {
    while (true) {
      Instant now = Instant.now();
      Instant wake = now.plus(pace.again());
      List<Entry> due = new ArrayList<>();
      for (Entry entry : entries.values()) {
        if (entry.answer != null && !now.isBefore(entry.until)) {
          staple(entry, null);
        }
        if (!entry.isAsked && !now.isBefore(entry.next)) {
          entry.isAsked = true;
          due.add(entry);
        } else if (!entry.isAsked) {
          wake = earlier(wake, entry.next);
        }
        wake = entry.answer == null ? wake : earlier(wake, entry.until);
      }
      if (!due.isEmpty()) {
        return due;
      }
      wait(Math.max(1, Duration.between(now, wake).toMillis()));
    }
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private void ask(Entry entry) {
    byte[] answer = null;
    Instant until = Instant.MAX;
    String complaint = "";
    try {
      answer = fetch.answer(entry.inquiry);
      until = entry.inquiry.check(answer);
    } catch (IOException | InvalidKeyMaterial e) {
      answer = null;
      complaint = String.valueOf(e.getMessage());
    } finally {
      free.release();
    }
    note(entry, answer, until, complaint);
  }

  /// A failure leaves the last answer in place for as long as it is good. A certificate that was
  /// given up meanwhile gets none.
  private synchronized void note(
      Entry entry, byte @Nullable [] answer, Instant until, String complaint) {
    if (!entries.containsValue(entry)) {
      return;
    }
    Instant now = Instant.now();
    if (answer == null) {
      entry.next = now.plus(pace.retry());
      if (!complaint.equals(entry.complaint)) {
        LOG.warn("no OCSP answer of {}: {}", entry.inquiry.responder(), complaint);
      }
    } else {
      entry.until = until;
      staple(entry, answer);
      long millis = pace.again().toMillis();
      entry.next =
          now.plusMillis(
              ThreadLocalRandom.current().nextLong(millis * 9 / 10, millis * 11 / 10 + 1));
    }
    entry.complaint = complaint;
    entry.isAsked = false;
    notifyAll();
  }

  private static void staple(Entry entry, byte @Nullable [] answer) {
    entry.answer = answer;
    entry.served.forEach(each -> each.staple(answer));
  }

  @Override
  public synchronized void close() {
    entries = Map.of();
    if (worker != null) {
      worker.interrupt();
    }
  }
}
