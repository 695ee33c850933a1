package dev.lintel.ingress.feature;

import dev.lintel.ingress.plan.TlsPlan;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.SecretView;
import dev.lintel.ingress.snapshot.SecretView.Bytes;
import dev.lintel.tls.InvalidKeyMaterial;
import dev.lintel.tls.TicketSecret;
import dev.lintel.tls.TlsPolicy;
import dev.lintel.tls.TlsPolicy.Tickets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the ConfigMap says of handshakes with clients beside protocols, ciphers and groups: how
/// sessions are resumed, and whether OCSP answers are stapled. Read by the compiler.
public final class TlsSettings {
  /// The entry of the Secret that `ssl-session-ticket-secret` names.
  private static final String ENTRY = "ticket.key";

  private static final String ALONE = "each pod takes its own tickets only";
  private static final long MEGABYTE = 1 << 20;

  /// With `10m` each certificate has as many as where nothing is said.
  private static final int SESSIONS_PER_MEGABYTE = TlsPolicy.USUAL_CACHE_SIZE / 10;

  private static final int MOST_SESSIONS = 1_000_000;

  private static final Setting<Boolean> CACHE =
      Setting.bool("ssl-session-cache")
          .onlyInConfigMap()
          .defaultsTo(true)
          .text("Keeps TLS 1.2 sessions in this pod, so that clients may resume them.");

  private static final Setting<Long> CACHE_SIZE =
      Setting.size("ssl-session-cache-size")
          .onlyInConfigMap()
          .defaultsTo(10 * MEGABYTE)
          .text(
              "How many TLS 1.2 sessions are kept: "
                  + SESSIONS_PER_MEGABYTE
                  + " for each certificate and megabyte written here.");

  private static final Setting<Duration> TIMEOUT =
      Setting.time("ssl-session-timeout", Duration.ofSeconds(1), Duration.ofDays(30))
          .onlyInConfigMap()
          .defaultsTo(Duration.ofSeconds(TlsPolicy.USUAL_SESSION_SECONDS))
          .text(
              "How long a TLS 1.2 session may be resumed. One of TLS 1.3 may as long as the key of"
                  + " its ticket is known: 12 to 24 hours.");

  private static final Setting<Boolean> TICKETS =
      Setting.bool("ssl-session-tickets")
          .onlyInConfigMap()
          .text(
              "`true` gives session tickets in TLS 1.2 as well, which have no forward secrecy;"
                  + " `false` gives none in TLS 1.3 either, so that its sessions are not resumed."
                  + " Without it only TLS 1.3 has tickets.");

  /// Any text is taken here, for a value that cannot be read would be shown in a problem.
  private static final Setting<String> TICKET_KEY =
      Setting.of("ssl-session-ticket-key", new AnyText("base64 of at least 32 bytes"))
          .onlyInConfigMap()
          .text(
              "What the keys of session tickets are derived from, with the same result in all pods."
                  + " Better: `ssl-session-ticket-secret`.");

  private static final Setting<Reference> TICKET_SECRET =
      Setting.reference("ssl-session-ticket-secret", "Secret")
          .unlessEmpty()
          .text(
              "The Secret whose entry `"
                  + ENTRY
                  + "` (at least 32 bytes) the keys of session tickets are derived from, anew every"
                  + " 12 hours and alike in all pods: a session begun at one is resumed at any."
                  + " Without it each pod has keys of its own. Lintel's own.");

  private static final Setting<Boolean> OCSP =
      Setting.bool("enable-ocsp")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text(
              "Shows certificates together with a fresh OCSP answer (stapling), where they name a"
                  + " responder and come with their issuer. No handshake waits for an answer.");

  /// All of them.
  public static final List<Setting<?>> ALL =
      List.of(CACHE, CACHE_SIZE, TIMEOUT, TICKETS, TICKET_KEY, TICKET_SECRET, OCSP);

  private TlsSettings() {}

  /// A text of any form, which is not shown.
  private record AnyText(String describe) implements Grammar<String> {
    @Override
    public Reading<String> read(String text) {
      return new Reading.Value<>(text);
    }
  }

  /// What the ConfigMap says of handshakes.
  ///
  /// @param policy what it says of protocols, ciphers and groups
  public static TlsPlan plan(
      GlobalReader globals, KubernetesSnapshot snapshot, TlsPolicy policy, boolean refusesUnknown) {
    long sessions = globals.get(CACHE_SIZE) * SESSIONS_PER_MEGABYTE / MEGABYTE;
    Optional<Boolean> tickets = globals.find(TICKETS);
    return new TlsPlan(
        policy.withSessions(
            (int) globals.get(TIMEOUT).toSeconds(),
            globals.get(CACHE) ? (int) Math.clamp(sessions, 1, MOST_SESSIONS) : 0,
            tickets.map(all -> all ? Tickets.ALL : Tickets.NONE).orElse(Tickets.TLS_1_3)),
        refusesUnknown,
        ticketSecret(globals, snapshot),
        globals.get(OCSP));
  }

  /// The shared secret of tickets, or null where there is none that can be used.
  private static @Nullable TicketSecret ticketSecret(
      GlobalReader globals, KubernetesSnapshot snapshot) {
    Optional<Reference> named = globals.find(TICKET_SECRET);
    if (named.isPresent()) {
      return inSecret(globals, snapshot, globals.key(named.get()));
    }
    return globals.find(TICKET_KEY).map(text -> inText(globals, text)).orElse(null);
  }

  private static @Nullable TicketSecret inSecret(
      GlobalReader globals, KubernetesSnapshot snapshot, ObjectKey key) {
    SecretView secret = snapshot.secrets().get(key);
    Bytes bytes = secret == null ? null : secret.data().get(ENTRY);
    if (bytes == null) {
      String found = secret == null ? " does not exist" : " has no entry " + ENTRY;
      globals.problem(TICKET_SECRET, "Secret " + key + found, "one with " + ENTRY, ALONE);
      return null;
    }
    return read(globals, TICKET_SECRET, bytes.value());
  }

  private static @Nullable TicketSecret inText(GlobalReader globals, String text) {
    try {
      return read(globals, TICKET_KEY, Base64.getMimeDecoder().decode(text));
    } catch (IllegalArgumentException _) {
      globals.problem(TICKET_KEY, "is not base64", "base64 of at least 32 bytes", ALONE);
      return null;
    }
  }

  private static @Nullable TicketSecret read(GlobalReader globals, Setting<?> from, byte[] bytes) {
    try {
      return TicketSecret.of(bytes);
    } catch (InvalidKeyMaterial e) {
      globals.problem(from, String.valueOf(e.getMessage()), "", ALONE);
      return null;
    }
  }
}
