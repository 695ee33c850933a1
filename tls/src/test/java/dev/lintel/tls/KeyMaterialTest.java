package dev.lintel.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyMaterialTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "rsa.crt, rsa.pkcs8.key, RSA",
    "rsa.crt, rsa.pkcs1.key, RSA",
    "ec-chain.crt, ec.pkcs8.key, ECDSA",
    "ec-chain.crt, ec.sec1.key, ECDSA"
  })
  void readsKeysAsUsersHaveThem(String certificate, String key, String algorithm)
      throws InvalidKeyMaterial {
    KeyMaterial material = KeyMaterial.parse(file(certificate), file(key));

    assertThat(material.publicKeyAlgorithm()).isEqualTo(algorithm);
    assertThat(material.notAfter()).isAfter(material.notBefore());
  }

  @Test
  void theFormOfTheKeyMakesNoDifference() throws InvalidKeyMaterial {
    KeyMaterial one = KeyMaterial.parse(file("rsa.crt"), file("rsa.pkcs8.key"));
    KeyMaterial other = KeyMaterial.parse(file("rsa.crt"), file("rsa.pkcs1.key"));

    assertThat(one).isEqualTo(other).hasSameHashCodeAs(other).hasToString(other.toString());
    assertThat(one).isNotEqualTo(KeyMaterial.parse(file("ec-chain.crt"), file("ec.sec1.key")));
  }

  @Test
  void tellsWhatMetricsShow() throws InvalidKeyMaterial {
    KeyMaterial material = KeyMaterial.parse(file("ec-chain.crt"), file("ec.sec1.key"));

    assertThat(material.chain()).hasSize(2);
    assertThat(material.serial()).isEqualTo(4242);
    assertThat(material.issuerOrganization()).isEqualTo("Example Trust");
    assertThat(material.issuerCommonName()).isEqualTo("Example Root");
    assertThat(material.sans()).containsExactly("api.example.com");
  }

  @ParameterizedTest
  @CsvSource({
    "shop.example.com, true",
    "SHOP.Example.com., true",
    "any.example.com, true",
    "*.example.com, true",
    "a.b.example.com, false",
    "example.com, false",
    ".example.com, false",
    "10.0.0.1, false",
    "shop.example.org, false"
  })
  void coversByNameAndByOneLabel(String host, boolean covered) throws InvalidKeyMaterial {
    KeyMaterial material = KeyMaterial.parse(file("rsa.crt"), file("rsa.pkcs8.key"));

    assertThat(material.covers(host)).isEqualTo(covered);
  }

  @ParameterizedTest
  @CsvSource({
    "rsa.crt, ec.sec1.key, does not belong",
    "ec-chain.crt, rsa.pkcs8.key, does not belong",
    "ec-chain.crt, encrypted.pkcs8.key, is encrypted",
    "ec-chain.crt, encrypted.sec1.key, is encrypted",
    "ec-chain.crt, rsa.crt, holds no private key",
    "ec.sec1.key, ec.sec1.key, holds no certificate",
    "ed25519.crt, ed25519.key, neither an RSA nor an EC key"
  })
  void refusesInOneSentence(String certificate, String key, String words) {
    assertThatThrownBy(() -> KeyMaterial.parse(file(certificate), file(key)))
        .isInstanceOf(InvalidKeyMaterial.class)
        .hasMessageContaining(words)
        .hasNoCause();
  }

  @Test
  void theDefaultCertificateIsMadeWhenItIsNeeded() {
    KeyMaterial material = SelfMadeCertificate.issueLater();
    String fingerprint = material.fingerprint();

    assertThat(material).isNotEqualTo(SelfMadeCertificate.issueLater());
    assertThat(material.isMade()).isFalse();

    assertThat(material.covers(SelfMadeCertificate.HOST)).isTrue();
    assertThat(material.isMade()).isTrue();
    assertThat(material.leaf()).as("made once").isSameAs(material.leaf());
    assertThat(material.fingerprint()).isEqualTo(fingerprint).hasSize(64);
  }

  @Test
  void refusesAKeyOfTheSameKindThatIsAnother() throws Exception {
    KeyMaterial one = SelfMadeCertificate.issue(NOW);
    KeyMaterial other = SelfMadeCertificate.issue(NOW);
    byte[] certificate = pem("CERTIFICATE", one.leaf().getEncoded());

    KeyMaterial.parse(certificate, pem("PRIVATE KEY", one.privateKey().getEncoded()));
    assertThatThrownBy(
            () ->
                KeyMaterial.parse(certificate, pem("PRIVATE KEY", other.privateKey().getEncoded())))
        .hasMessage("the key does not belong to the certificate");
  }

  /// A file of a key may carry its public point; one that carries the right point beside another
  /// private number is as wrong as any.
  @Test
  void refusesAKeyThatOnlyClaimsToBelong() throws Exception {
    byte[] whole = whole("ec.pkcs8.key");
    int secret = 36; // where the private number of a P-256 key stands
    byte[] other = whole.clone();
    other[secret + 31] ^= 1;

    KeyMaterial.parse(file("ec-chain.crt"), pem("PRIVATE KEY", whole));
    assertThatThrownBy(() -> KeyMaterial.parse(file("ec-chain.crt"), pem("PRIVATE KEY", other)))
        .hasMessage("the key does not belong to the certificate");
  }

  private static byte[] whole(String name) throws InvalidKeyMaterial {
    return Pem.blocks(file(name), name).get(0).der();
  }

  @Test
  void refusesWhatIsCutOffOrGarbled() {
    byte[] whole = file("rsa.crt");
    byte[] cut = Arrays.copyOf(whole, whole.length - 30);
    byte[] garbled =
        new String(whole, StandardCharsets.US_ASCII)
            .replaceFirst("MII", "M*I")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] noCertificate = pem("CERTIFICATE", new byte[] {0x30, 1, 2});

    assertThatThrownBy(() -> KeyMaterial.parse(cut, file("rsa.pkcs8.key")))
        .hasMessageContaining("is cut off");
    assertThatThrownBy(() -> KeyMaterial.parse(garbled, file("rsa.pkcs8.key")))
        .hasMessageContaining("is not base64");
    assertThatThrownBy(() -> KeyMaterial.parse(noCertificate, file("rsa.pkcs8.key")))
        .hasMessageContaining("cannot be decoded");
    assertThatThrownBy(
            () -> KeyMaterial.parse(file("rsa.crt"), pem("EC PRIVATE KEY", new byte[] {1, 2})))
        .hasMessageContaining("does not name its curve");
  }

  @Test
  void refusesANulInAName() {
    assertThatThrownBy(() -> SelfMadeCertificate.issue(NOW, "shop.example.com\0.evil.example"))
        .hasRootCauseInstanceOf(InvalidKeyMaterial.class)
        .rootCause()
        .hasMessageContaining("control character");
  }

  @Test
  void printsNoByteOfTheKey() throws InvalidKeyMaterial {
    assertThat(KeyMaterial.parse(file("rsa.crt"), file("rsa.pkcs8.key")).toString())
        .matches("KeyMaterial\\[[0-9a-f]{16}]");
  }

  @Test
  void makesADefaultCertificateThatVerifies() throws Exception {
    KeyMaterial material = SelfMadeCertificate.issue(NOW);

    material.leaf().verify(material.leaf().getPublicKey());
    assertThat(material.sans()).containsExactly("ingress.local");
    assertThat(material.notAfter()).isEqualTo(NOW.plus(Duration.ofDays(365)));
    assertThat(material.notBefore()).isBefore(NOW);
    assertThat(material.leaf().getBasicConstraints()).isEqualTo(-1);
    assertThat(material.issuerOrganization()).isEqualTo("Lintel");
    assertThat(material).isNotEqualTo(SelfMadeCertificate.issue(NOW));
  }

  @Test
  void datesBeyond2049AreWrittenInFull() {
    Instant late = Instant.parse("2049-06-01T00:00:00Z");

    assertThat(SelfMadeCertificate.issue(late).notAfter())
        .isEqualTo(late.plus(Duration.ofDays(365)));
  }

  static byte[] pem(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return ("-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] file(String name) {
    try (InputStream in = KeyMaterialTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
