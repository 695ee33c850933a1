package dev.lintel.ingress.feature.basicauth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {
  /// All of the password `lintel`; made with `htpasswd` and `openssl passwd`.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "$apr1$8A3HS7oG$PD6nVKHtEggBKW2O2unss.",
        "{PLAIN}lintel",
        "{SHA}PUS0cx8pFhe+Xoot6jBIQVXLTtw=",
        "{SSHA}5yTyDBHbh+IyaFkFpukY0ATjYKsBAgME",
        "$1$abcdefgh$uSN6dPqo9C72aRiMJUM9x1",
        "$5$abcdefgh$7rKXha84sKLWDIwbqxT40wb7vz4wl9BKiETqHl39g56",
        "$6$abcdefgh$c0Ed2niqNXxjS4dQLdZyNOfSZ9HDs60jMWtnmR.hHcFm7IvbqM2rP4fLgFoY82RY9//CE2aAWcIua9UPbyZaJ1",
        "ab.xWteHwIpJs",
        "$2b$05$abcdefghijklmnopqrstuuJxQYmz1d18iGldJM.FP2eKFJtPPqzWy",
        "$2y$05$abcdefghijklmnopqrstuuJxQYmz1d18iGldJM.FP2eKFJtPPqzWy",
      })
  void theFormsOfHtpasswdAreUnderstood(String text) {
    PasswordHash hash = PasswordHash.read(text);
    assertThat(hash).isNotNull();
    assertThat(hash.matches(bytes("lintel"))).isTrue();
    assertThat(hash.matches(bytes("lintel "))).isFalse();
    assertThat(hash.matches(bytes(""))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "lintel", "{SHA}short", "{MD5}abc", "$2y$10$tooshort", "$apr1$nothing"})
  void whatIsNoHashIsRefused(String text) {
    assertThat(PasswordHash.read(text)).isNull();
  }

  @Test
  void aSlowHashIsComputedOnceAndThenRemembered() throws InterruptedException {
    TreeMap<String, String> users = new TreeMap<>();
    users.put("demo", "$apr1$8A3HS7oG$PD6nVKHtEggBKW2O2unss.");
    PasswordChecks checks = new PasswordChecks(new Credentials(users));
    assertThat(checks.known("demo", bytes("lintel"))).isNull();
    assertThat(computed(checks, "demo", "lintel")).isTrue();
    assertThat(checks.known("demo", bytes("lintel"))).isTrue();
    assertThat(computed(checks, "demo", "wrong")).isFalse();
    assertThat(checks.known("demo", bytes("wrong"))).isFalse();
    assertThat(computed(checks, "nobody", "lintel")).isFalse();
    assertThat(checks.known("nobody", bytes("lintel"))).isFalse();
  }

  @Test
  void printingCredentialsShowsNoHash() {
    TreeMap<String, String> users = new TreeMap<>();
    users.put("demo", "{PLAIN}secret");
    assertThat(new Credentials(users)).hasToString("<1 user " + print(users) + ">");
    assertThat(new Credentials(users).toString()).doesNotContain("secret").doesNotContain("demo");
  }

  private static String print(TreeMap<String, String> users) {
    String text = new Credentials(users).toString();
    return text.substring("<1 user ".length(), text.length() - 1);
  }

  private static Boolean computed(PasswordChecks checks, String user, String password)
      throws InterruptedException {
    AtomicReference<Boolean> found = new AtomicReference<>();
    CountDownLatch told = new CountDownLatch(1);
    boolean accepted =
        checks.check(
            user,
            bytes(password),
            right -> {
              found.set(right);
              told.countDown();
            });
    assertThat(accepted).isTrue();
    assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
    return found.get();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
