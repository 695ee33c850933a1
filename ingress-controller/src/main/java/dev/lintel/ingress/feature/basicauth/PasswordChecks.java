package dev.lintel.ingress.feature.basicauth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Checks passwords of one Secret and remembers what it found. Any thread.
///
/// The memory holds keyed digests of `user:password`, never the password, and dies with the key
/// when the Secret changes.
final class PasswordChecks {
  private static final int MOST_REMEMBERED = 1024;
  private static final int MOST_WAITING = 512;

  /// Slow hashes of all routes share these threads, so that guessing passwords never takes more
  /// than a part of the machine. They end when there is nothing to check.
  private static final ThreadPoolExecutor SLOW = slowThreads();

  private final Map<String, PasswordHash> hashes = new TreeMap<>();
  private final byte[] key = new byte[32];
  private final Map<ByteBuffer, Boolean> remembered =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Boolean> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  PasswordChecks(Credentials credentials) {
    new SecureRandom().nextBytes(key);
    credentials
        .hashes()
        .forEach(
            (user, text) -> {
              PasswordHash hash = PasswordHash.read(text);
              if (hash != null) {
                hashes.put(user, hash);
              }
            });
  }

  private static ThreadPoolExecutor slowThreads() {
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().name("password-check-", 0).daemon().factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /// What is known at once: true or false, or null where a slow hash must be computed.
  @Nullable Boolean known(String user, byte[] password) {
    PasswordHash hash = hashes.get(user);
    if (hash != null && !hash.isSlow()) {
      return hash.matches(password);
    }
    ByteBuffer digest = digest(user, password);
    synchronized (remembered) {
      return remembered.get(digest);
    }
  }

  /// Computes a slow hash on another thread and tells `answer` there. An unknown user costs as much
  /// as a known one, so the time tells nobody who exists.
  ///
  /// @return false where too many checks wait already; then `answer` is never called
  boolean check(String user, byte[] password, Consumer<Boolean> answer) {
    try {
      SLOW.execute(() -> answer.accept(compute(user, password)));
      return true;
    } catch (RejectedExecutionException _) {
      return false;
    }
  }

  private boolean compute(String user, byte[] password) {
    PasswordHash own = hashes.get(user);
    PasswordHash hash = own != null ? own : anySlow();
    boolean right = hash != null && hash.matches(password) && own != null;
    ByteBuffer digest = digest(user, password);
    synchronized (remembered) {
      remembered.put(digest, right);
    }
    return right;
  }

  private @Nullable PasswordHash anySlow() {
    for (PasswordHash hash : hashes.values()) {
      if (hash.isSlow()) {
        return hash;
      }
    }
    return null;
  }

  private ByteBuffer digest(String user, byte[] password) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(key);
      digest.update(user.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) ':');
      digest.update(password);
      return ByteBuffer.wrap(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java machine has SHA-256", e);
    }
  }
}
