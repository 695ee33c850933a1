package dev.lintel.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.tls.TestAuthority.Issued;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServerTrustTest {
  private static final TestAuthority ROOT = TestAuthority.root("root");
  private static final TestAuthority FOREIGN = TestAuthority.root("foreign");
  private static final ServerTrust API = trust(ROOT.pem(), null, 1, "api.shop.test");

  @Test
  void takesWhatItsAuthorityIssuedForTheName() {
    assertThat(fault(API, ROOT.host("api.shop.test"))).isEmpty();
    assertThat(fault(API, ROOT.host("API.Shop.test"))).as("in any case").isEmpty();
    assertThat(fault(API, ROOT.below("between").host("api.shop.test"))).isEmpty();
    assertThat(fault(API, ROOT.host("*.shop.test"))).isEmpty();
  }

  @Test
  void tellsWhatIsWrong() {
    assertThat(fault(API, FOREIGN.host("api.shop.test"))).contains("issuer");
    assertThat(fault(API, TestAuthority.root("root").host("api.shop.test")))
        .as("another authority of the same name")
        .contains("issuer");
    assertThat(fault(API, ROOT.expiredHost("api.shop.test"))).contains("has expired");
    assertThat(fault(API, ROOT.host("www.shop.test"))).contains("not for api.shop.test");
    assertThat(fault(API, ROOT.client("api.shop.test"))).as("for clients").contains("purpose");
    assertThat(fault(API, ROOT.below("a").below("b").host("api.shop.test"))).contains("too long");
    assertThat(fault(API, TestAuthority.issuedBy(ROOT.host("api.shop.test"), "api.shop.test")))
        .as("issued by one that is no authority")
        .isNotEmpty();
  }

  @Test
  void aWildcardStandsForOneLabelOfThree() {
    assertThat(fault(API, ROOT.host("*.test"))).contains("not for");
    assertThat(fault(API, ROOT.host("*"))).contains("not for");
    assertThat(fault(API, ROOT.host("a*.shop.test"))).contains("not for");
    assertThat(fault(trust(ROOT.pem(), null, 1, "shop.test"), ROOT.host("*.test")))
        .contains("not for");
    assertThat(fault(trust(ROOT.pem(), null, 1, "a.api.shop.test"), ROOT.host("*.shop.test")))
        .contains("not for");
  }

  @Test
  void theCommonNameCountsWhereThereIsNoOtherName() {
    assertThat(fault(API, ROOT.named("api.shop.test", "www.shop.test"))).isNotEmpty();
    assertThat(fault(API, ROOT.nameless("api.shop.test"))).isEmpty();
    assertThat(fault(API, ROOT.nameless("www.shop.test"))).contains("not for");
  }

  @Test
  void anAddressIsNoName() {
    ServerTrust address = trust(ROOT.pem(), null, 1, "10.0.0.7");

    assertThat(fault(address, ROOT.host("10.0.0.7"))).as("as a DNS name").contains("not for");
    assertThat(fault(address, ROOT.nameless("10.0.0.7"))).contains("not for");
    assertThat(fault(address, ROOT.address(10, 0, 0, 7))).isEmpty();
    assertThat(fault(address, ROOT.address(10, 0, 0, 8))).contains("not for");
  }

  @Test
  void aRevokedCertificateIsRefused() {
    Issued good = ROOT.host("api.shop.test");
    Issued stolen = ROOT.host("api.shop.test");
    ServerTrust trust = trust(ROOT.pem(), ROOT.revoking(stolen), 1, "api.shop.test");

    assertThat(fault(trust, good)).isEmpty();
    assertThat(fault(trust, stolen)).contains("revoked");
  }

  @Test
  void equalsByAllThatIsDemanded() {
    assertThat(API).isEqualTo(trust(ROOT.pem(), null, 1, "API.shop.test"));
    assertThat(API).isNotEqualTo(trust(ROOT.pem(), null, 2, "api.shop.test"));
    assertThat(API).isNotEqualTo(trust(ROOT.pem(), null, 1, "www.shop.test"));
    assertThat(API).isNotEqualTo(trust(ROOT.pem() + FOREIGN.pem(), null, 1, "api.shop.test"));
    assertThat(API).isNotEqualTo(trust(ROOT.pem(), ROOT.revoking(), 1, "api.shop.test"));
  }

  @Test
  void aBundleWithoutAuthorityIsNone() {
    assertThatThrownBy(() -> ServerTrust.parse(bytes(""), null, 1, "a.test"))
        .isInstanceOf(InvalidKeyMaterial.class);
    assertThatThrownBy(
            () -> ServerTrust.parse(bytes(ROOT.host("a.test").certificatePem()), null, 1, "a.test"))
        .isInstanceOf(InvalidKeyMaterial.class);
  }

  private static ServerTrust trust(String bundle, @Nullable String lists, int depth, String name) {
    try {
      return ServerTrust.parse(bytes(bundle), lists == null ? null : bytes(lists), depth, name);
    } catch (InvalidKeyMaterial e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String fault(ServerTrust trust, Issued shown) {
    try {
      trust.check(shown.chain().toArray(X509Certificate[]::new));
      return "";
    } catch (CertificateException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
