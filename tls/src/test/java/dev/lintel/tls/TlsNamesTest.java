package dev.lintel.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsNamesTest {
  @Test
  void theListOfIngressNginxIsOursButForTheCiphersThatNobodyHasAnyMore() {
    TlsNames names =
        TlsNames.ciphers(
            "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                + "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
                + "DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256");

    assertThat(names.known()).isEqualTo(TlsPolicy.USUAL_CIPHERS);
    assertThat(names.unknown())
        .containsExactly("DHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES128-GCM-SHA256");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AES128-SHA:AES256-SHA:AES128-SHA | AES128-SHA AES256-SHA |",
        "ECDHE+CHACHA20 | ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-RSA-CHACHA20-POLY1305 |",
        "EECDH+AESGCM+aRSA | ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384 |",
        "HIGH:!aNULL:!MD5:!AES:!RC4 | ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-RSA-CHACHA20-POLY1305 |",
        "kRSA+AESGCM:-AES128 | AES256-GCM-SHA384 |",
        "!AES128:kRSA+AESGCM | AES256-GCM-SHA384 |",
        "kRSA+AESGCM:+AES128 | AES256-GCM-SHA384 AES128-GCM-SHA256 |",
        "TLS_AES_128_GCM_SHA256 AES128-SHA | AES128-SHA |",
        "RC4-SHA,AES128-SHA:@STRENGTH | AES128-SHA | RC4-SHA @STRENGTH",
        "ECDHE+RC4 | | ECDHE+RC4"
      })
  void ciphersAreReadAsOpensslDoes(String text, String known, String unknown) {
    assertThat(TlsNames.ciphers(text)).isEqualTo(new TlsNames(words(known), words(unknown)));
  }

  @Test
  void barringWhatIsDoneByOtherHashesLeavesAuthenticatedEncryption() {
    assertThat(TlsNames.ciphers("ECDHE+AESGCM:!SHA256:!SHA384").known()).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "TLSv1.2 TLSv1.3 | TLSv1.2 TLSv1.3 |",
        "TLSv1.3 | TLSv1.3 |",
        "SSLv3 TLSv1 TLSv1.1 TLSv1.2 | TLSv1.2 | SSLv3 TLSv1 TLSv1.1"
      })
  void protocolsOlderThanTls12AreUnknown(String text, String known, String unknown) {
    assertThat(TlsNames.protocols(text)).isEqualTo(new TlsNames(words(known), words(unknown)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X25519:prime256v1:secp384r1:secp521r1 | X25519 P-256 P-384 P-521 |",
        "x25519mlkem768:P-256:secp256r1 | X25519MLKEM768 P-256 |",
        "X448:X25519 | X25519 | X448"
      })
  void groupsHaveSeveralNames(String text, String known, String unknown) {
    assertThat(TlsNames.groups(text)).isEqualTo(new TlsNames(words(known), words(unknown)));
  }

  private static List<String> words(String text) {
    return text == null ? List.of() : List.of(text.split(" "));
  }
}
