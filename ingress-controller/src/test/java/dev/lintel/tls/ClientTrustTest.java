package dev.lintel.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.tls.ClientProof.Result;
import dev.lintel.tls.ClientTrust.Mode;
import dev.lintel.tls.TestAuthority.Issued;
import java.lang.reflect.Proxy;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClientTrustTest {
  private static final TestAuthority ROOT = TestAuthority.root("root");
  private static final TestAuthority FOREIGN = TestAuthority.root("foreign");
  private static final ClientTrust ON = trust(ROOT.pem(), null, Mode.ON, 1);

  @Test
  void takesWhatItsAuthorityIssued() {
    ClientProof proof = judge(ON, ROOT.client("joe"));

    assertThat(proof.result()).isEqualTo(Result.GOOD);
    assertThat(text(proof.verify())).isEqualTo("SUCCESS");
    assertThat(text(proof.subject())).isEqualTo("CN=joe");
    assertThat(text(proof.issuer())).isEqualTo("CN=root");
  }

  @Test
  void tellsWhatIsWrong() {
    assertThat(verify(ON, ROOT.expired("joe"))).isEqualTo("FAILED:certificate has expired");
    assertThat(verify(ON, ROOT.server("joe"))).isEqualTo("FAILED:unsuitable certificate purpose");
    assertThat(verify(ON, ROOT.named("joe", "a.test\0.evil")))
        .isEqualTo("FAILED:a name with a control character");
    assertThat(verify(ON, ROOT.named("joe\0", "a.test")))
        .isEqualTo("FAILED:a name with a control character");
    assertThat(verify(ON, FOREIGN.client("joe")))
        .isEqualTo("FAILED:unable to get local issuer certificate");
    assertThat(verify(ON, TestAuthority.root("root").client("joe")))
        .as("another authority of the same name")
        .isEqualTo("FAILED:unable to get local issuer certificate");
    assertThat(text(ON.judge(session()).verify())).isEqualTo("NONE");
  }

  @Test
  void countsTheAuthoritiesBetween() {
    TestAuthority first = ROOT.below("first");
    TestAuthority second = first.below("second");
    ClientTrust deeper = trust(ROOT.pem(), null, Mode.ON, 2);

    assertThat(verify(ON, first.client("joe"))).isEqualTo("SUCCESS");
    assertThat(verify(ON, second.client("joe"))).isEqualTo("FAILED:certificate chain too long");
    assertThat(verify(deeper, second.client("joe"))).isEqualTo("SUCCESS");
  }

  @Test
  void completesAChainFromTheBundle() {
    TestAuthority between = ROOT.below("between");
    Issued joe = between.client("joe");
    Issued alone = new Issued(List.of(joe.chain().getFirst()), joe.key());

    assertThat(verify(ON, alone)).isEqualTo("FAILED:unable to get local issuer certificate");
    assertThat(verify(trust(between.pem() + ROOT.pem(), null, Mode.ON, 1), alone))
        .isEqualTo("SUCCESS");
  }

  @Test
  void aClientIsNoAuthority() {
    Issued joe = ROOT.client("joe");
    Issued forged = TestAuthority.issuedBy(joe, "eve");

    assertThat(verify(ON, forged)).startsWith("FAILED:");
  }

  @Test
  void anAuthorityThatIsOverIsWorthNothing() {
    TestAuthority old = TestAuthority.root("old", Instant.now().minusSeconds(60));

    assertThat(verify(trust(old.pem(), null, Mode.ON, 1), old.client("joe")))
        .isEqualTo("FAILED:certificate has expired");
  }

  @Test
  void takesNobodyWhoIsRevokedOrWhoseAuthorityHasNoList() {
    Issued joe = ROOT.client("joe");
    Issued ann = ROOT.client("ann");
    ClientTrust revoking = trust(ROOT.pem(), ROOT.revoking(joe), Mode.ON, 1);

    assertThat(verify(revoking, joe)).isEqualTo("FAILED:certificate revoked");
    assertThat(verify(revoking, ann)).isEqualTo("SUCCESS");
    assertThat(verify(trust(ROOT.pem(), FOREIGN.revoking(), Mode.ON, 1), ann))
        .isEqualTo("FAILED:certificate cannot be verified");
  }

  @Test
  void theModeDecidesWhoIsServed() {
    ClientProof good = judge(ON, ROOT.client("joe"));
    ClientProof unknown = judge(ON, FOREIGN.client("joe"));
    ClientProof over = judge(ON, FOREIGN.expired("joe"));
    ClientTrust optional = trust(ROOT.pem(), null, Mode.OPTIONAL, 1);
    ClientTrust any = trust(ROOT.pem(), null, Mode.OPTIONAL_NO_CA, 1);

    assertThat(List.of(ON.accepts(good), ON.accepts(ClientProof.NONE), ON.accepts(unknown)))
        .containsExactly(true, false, false);
    assertThat(optional.accepts(good)).isTrue();
    assertThat(optional.accepts(ClientProof.NONE)).isTrue();
    assertThat(optional.accepts(unknown)).isFalse();
    assertThat(any.accepts(unknown)).isTrue();
    assertThat(any.accepts(ClientProof.NONE)).isTrue();
    assertThat(any.accepts(over)).isFalse();
  }

  @Test
  void aBundleWithoutAnAuthorityIsRefused() {
    assertThatThrownBy(() -> parse("", null)).hasMessageContaining("holds no certificate");
    assertThatThrownBy(() -> parse(ROOT.below("between").pem(), null))
        .hasMessageContaining("signed itself");
    assertThatThrownBy(() -> parse(ROOT.pem(), "")).hasMessageContaining("holds none");
    assertThatThrownBy(() -> parse(ROOT.pem().replace("MII", "AAA"), null))
        .isInstanceOf(InvalidKeyMaterial.class);
  }

  @Test
  void isEqualWhereItTakesTheSame() {
    assertThat(trust(ROOT.pem(), null, Mode.ON, 1)).isEqualTo(ON).hasSameHashCodeAs(ON);
    assertThat(trust(ROOT.pem(), null, Mode.ON, 2)).isNotEqualTo(ON);
    assertThat(trust(ROOT.pem(), null, Mode.OPTIONAL, 1)).isNotEqualTo(ON);
    assertThat(trust(ROOT.pem() + FOREIGN.pem(), null, Mode.ON, 1)).isNotEqualTo(ON);
    assertThat(trust(ROOT.pem(), ROOT.revoking(), Mode.ON, 1)).isNotEqualTo(ON);
    assertThat(ON.toString()).matches("ON depth 1 sha256:[0-9a-f]{12}");
  }

  @Test
  void theEscapedCertificateIsThePemText() {
    Issued joe = ROOT.client("joé");
    ClientProof proof = judge(ON, joe);

    String pem = URLDecoder.decode(text(proof.escaped()), StandardCharsets.US_ASCII);
    assertThat(pem).startsWith("-----BEGIN CERTIFICATE-----\n").endsWith("-\n");
    assertThat(text(proof.escaped())).doesNotContain("+", "/", "=", " ", "\n");
    assertThat(text(proof.subject())).isEqualTo("CN=jo\\C3\\A9");
  }

  private static ClientTrust trust(String bundle, @Nullable String lists, Mode mode, int depth) {
    try {
      return ClientTrust.parse(
          bundle.getBytes(StandardCharsets.US_ASCII),
          lists == null ? null : lists.getBytes(StandardCharsets.US_ASCII),
          mode,
          depth);
    } catch (InvalidKeyMaterial e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static void parse(String bundle, @Nullable String lists) throws InvalidKeyMaterial {
    ClientTrust.parse(
        bundle.getBytes(StandardCharsets.US_ASCII),
        lists == null ? null : lists.getBytes(StandardCharsets.US_ASCII),
        Mode.ON,
        1);
  }

  private static ClientProof judge(ClientTrust trust, Issued shown) {
    return trust.judge(session(shown.chain().toArray(X509Certificate[]::new)));
  }

  private static String verify(ClientTrust trust, Issued shown) {
    return text(judge(trust, shown).verify());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private static SSLSession session(X509Certificate... shown) {
    return (SSLSession)
        Proxy.newProxyInstance(
            ClientTrustTest.class.getClassLoader(),
            new Class<?>[] {SSLSession.class},
            (_, _, _) -> {
              if (shown.length == 0) {
                throw new SSLPeerUnverifiedException("no certificate");
              }
              return shown;
            });
  }
}
