package dev.lintel.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Real handshakes over loopback: JSSE as the client, and BoringSSL for what JSSE lacks.
class HandshakeIT {
  private static final Instant NOW = Instant.now();

  private final SslContexts contexts = new SslContexts(TicketKeys.random());
  private final ServedCertificate fallback = served(SelfMadeCertificate.issue(NOW));
  private final ServedCertificate shop = served(SelfMadeCertificate.issue(NOW, "shop.example.com"));
  private final ServedCertificate wild = served(SelfMadeCertificate.issue(NOW, "*.example.com"));
  private final CertificateIndex index =
      CertificateIndex.builder(fallback)
          .put("Shop.example.com", shop)
          .put("*.example.com", wild)
          .build();
  private TlsServer server;

  @BeforeEach
  void start() throws InterruptedException {
    server = new TlsServer(index);
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.close();
    contexts.close();
  }

  @ParameterizedTest
  @CsvSource({
    "shop.example.com, shop.example.com",
    "SHOP.example.COM, shop.example.com",
    "other.example.com, *.example.com",
    "a.b.example.com, ingress.local",
    "example.com, ingress.local",
    "unknown.example.org, ingress.local",
    ", ingress.local"
  })
  void theServerNameChooses(@Nullable String serverName, String expected) throws Exception {
    try (SSLSocket socket = connect(JsseClient.context(), serverName, "TLSv1.3")) {
      assertThat(nameOf(socket.getSession())).isEqualTo(expected);
      echo(socket);
    }
  }

  @Test
  void aNameWithAWildcardIsMetWithAnAlert() throws Exception {
    byte[] name = "*.example.com".getBytes(StandardCharsets.US_ASCII);
    try (SSLSocket socket = socket(JsseClient.context(), null, "TLSv1.3")) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(
          List.of(new SNIServerName(StandardConstants.SNI_HOST_NAME, name) {}));
      socket.setSSLParameters(parameters);
      assertThatThrownBy(socket::startHandshake)
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("unrecognized_name");
    }
  }

  @ParameterizedTest
  @CsvSource({"h2;http/1.1, h2", "http/1.1;h2, h2", "http/1.1, http/1.1", "spdy/1, ''"})
  void agreesOnAProtocol(String offered, String agreed) throws Exception {
    try (SSLSocket socket = socket(JsseClient.context(), "shop.example.com", "TLSv1.3")) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(offered.split(";"));
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      assertThat(socket.getApplicationProtocol()).isEqualTo(agreed);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256;TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384;TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
  })
  void theClientsOrderOfCiphersDecides(String offered) throws Exception {
    String[] suites = offered.split(";");
    try (SSLSocket socket = socket(JsseClient.context(), "shop.example.com", "TLSv1.2")) {
      socket.setEnabledCipherSuites(suites);
      socket.startHandshake();
      assertThat(socket.getSession().getCipherSuite()).isEqualTo(suites[0]);
    }
  }

  @Test
  void refusesOldProtocolsAndCiphersWithoutForwardSecrecy() throws Exception {
    SslContextBuilder old = nettyClient().protocols("TLSv1.1");
    assertThatThrownBy(() -> handshake(old)).isInstanceOf(SSLException.class);
    SslContextBuilder weak = nettyClient().protocols("TLSv1.2").ciphers(List.of("AES128-SHA"));
    assertThatThrownBy(() -> handshake(weak)).isInstanceOf(SSLException.class);
  }

  @ParameterizedTest
  @CsvSource({"X25519MLKEM768", "X25519", "P-256", "P-384"})
  void exchangesKeysInTheGroupsOfThePolicy(String group) throws Exception {
    SslContextBuilder client =
        nettyClient()
            .protocols("TLSv1.3")
            .option(OpenSslContextOption.GROUPS, new String[] {group});

    assertThat(handshake(client).getProtocol()).isEqualTo("TLSv1.3");
  }

  @Test
  void anotherPolicyOffersWhatItNames() throws Exception {
    TlsPolicy policy =
        TlsPolicy.of(List.of("TLSv1.2"), List.of("ECDHE-ECDSA-AES128-SHA"), List.of("P-521"));
    server.index = CertificateIndex.builder(contexts.of(shop.material(), policy)).build();
    SslContextBuilder old = // P-256 is the certificate's
        nettyClient()
            .protocols("TLSv1.2")
            .ciphers(List.of("ECDHE-ECDSA-AES128-SHA"))
            .option(OpenSslContextOption.GROUPS, new String[] {"P-521", "P-256"});

    assertThat(handshake(old).getCipherSuite()).isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA");
    SslContextBuilder usual =
        nettyClient()
            .protocols("TLSv1.2")
            .option(OpenSslContextOption.GROUPS, new String[] {"X25519"});
    assertThatThrownBy(() -> handshake(usual)).isInstanceOf(SSLException.class);
    SslContextBuilder newer = nettyClient().protocols("TLSv1.3");
    assertThatThrownBy(() -> handshake(newer)).isInstanceOf(SSLException.class);
  }

  @Test
  void theModernPolicyRefusesTls12() throws Exception {
    server.index = CertificateIndex.builder(contexts.of(shop.material(), TlsPolicy.MODERN)).build();

    assertThat(handshake(nettyClient().protocols("TLSv1.3")).getProtocol()).isEqualTo("TLSv1.3");
    SslContextBuilder old = nettyClient().protocols("TLSv1.2");
    assertThatThrownBy(() -> handshake(old)).isInstanceOf(SSLException.class);
  }

  @ParameterizedTest
  @CsvSource({"unknown.example.org", "''"})
  void refusesNamesThatItDoesNotKnowWhereItIsToldTo(String name) throws Exception {
    server.index =
        CertificateIndex.builder(shop).put("shop.example.com", shop).refuseUnknown().build();

    connect(JsseClient.context(), "shop.example.com", "TLSv1.3").close();
    assertThatThrownBy(() -> connect(JsseClient.context(), name.isEmpty() ? null : name, "TLSv1.3"))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("unrecognized_name");
  }

  @Test
  void refusesAGroupThatIsNotInThePolicy() throws Exception {
    SslContextBuilder client =
        nettyClient()
            .protocols("TLSv1.3")
            .option(OpenSslContextOption.GROUPS, new String[] {"P-521"});

    assertThatThrownBy(() -> handshake(client)).isInstanceOf(SSLException.class);
  }

  @Test
  void resumesTls12FromTheCacheOnAnyLoopAndGivesNoTicket() throws Exception {
    SSLContext client = JsseClient.context();
    byte[] first = sessionId(client, "TLSv1.2");

    assertThat(first).as("an id of the server's cache, which a ticket would not have").hasSize(32);
    for (int i = 0; i < 4; i++) {
      assertThat(sessionId(client, "TLSv1.2")).isEqualTo(first);
    }
    assertThat(sessionId(JsseClient.context(), "TLSv1.2")).isNotEqualTo(first);
  }

  @Test
  void resumesTls13AcrossContextsByTicket() throws Exception {
    SSLContext client = JsseClient.context();
    X509Certificate before = certificate(client, "TLSv1.3");
    ServedCertificate renewed = served(SelfMadeCertificate.issue(NOW, "shop.example.com"));
    server.index = CertificateIndex.builder(fallback).put("shop.example.com", renewed).build();
    contexts.keepOnly(server.index);

    assertThat(certificate(client, "TLSv1.3"))
        .as("a resumed session keeps the certificate it was made with")
        .isEqualTo(before);
    assertThat(certificate(JsseClient.context(), "TLSv1.3")).isEqualTo(renewed.material().leaf());
  }

  @Test
  void newTicketKeysEndOldTickets() throws Exception {
    SSLContext client = JsseClient.context();
    certificate(client, "TLSv1.3");
    ServedCertificate renewed = served(SelfMadeCertificate.issue(NOW, "shop.example.com"));
    server.index = CertificateIndex.builder(fallback).put("shop.example.com", renewed).build();
    renewed.warm();
    contexts.renewTicketKeys(TicketKeys.random());

    assertThat(certificate(client, "TLSv1.3")).isEqualTo(renewed.material().leaf());
  }

  /// Two processes: nothing but the secret is common to them, and their clocks differ.
  @ParameterizedTest
  @CsvSource({"0, true", "12, true", "-12, true", "24, false", "-24, false"})
  void aTicketIsTakenOneTurnOfTheKeysEarlierOrLater(int hours, boolean resumed) throws Exception {
    Instant turn = Instant.ofEpochSecond(TicketKeys.EPOCH.toSeconds() * 40_000);
    contexts.renewTicketKeys(secret(7).keys(turn));
    SSLContext client = JsseClient.context();
    X509Certificate before = certificate(client, "TLSv1.3");

    try (SslContexts others = new SslContexts(secret(7).keys(turn.plus(Duration.ofHours(hours))))) {
      ServedCertificate other =
          others.of(SelfMadeCertificate.issue(NOW, "shop.example.com"), TlsPolicy.INTERMEDIATE);
      server.index = CertificateIndex.builder(other).build();

      assertThat(certificate(client, "TLSv1.3"))
          .isEqualTo(resumed ? before : other.material().leaf());
    }
  }

  @Test
  void aTicketOfAnotherSecretIsNotTaken() throws Exception {
    contexts.renewTicketKeys(secret(7).keys(NOW));
    SSLContext client = JsseClient.context();
    certificate(client, "TLSv1.3");

    try (SslContexts others = new SslContexts(secret(8).keys(NOW))) {
      ServedCertificate other =
          others.of(SelfMadeCertificate.issue(NOW, "shop.example.com"), TlsPolicy.INTERMEDIATE);
      server.index = CertificateIndex.builder(other).build();

      assertThat(certificate(client, "TLSv1.3")).isEqualTo(other.material().leaf());
    }
  }

  @Test
  void aSecretShowsNothingOfItselfAndHasEnoughOfIt() {
    assertThatThrownBy(() -> TicketSecret.of(new byte[31]))
        .isInstanceOf(InvalidKeyMaterial.class)
        .hasMessageContaining("31 bytes");
    assertThat(secret(7)).isEqualTo(secret(7)).isNotEqualTo(secret(8));
    assertThat(secret(7).toString())
        .isEqualTo(secret(7).toString())
        .isNotEqualTo(secret(8).toString())
        .matches("hkdf:[0-9a-f]{12}");
    assertThat(TicketSecret.random()).isNotEqualTo(TicketSecret.random());
  }

  private static TicketSecret secret(int of) {
    byte[] bytes = new byte[TicketSecret.SHORTEST];
    Arrays.fill(bytes, (byte) of);
    try {
      return TicketSecret.of(bytes);
    } catch (InvalidKeyMaterial e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aClientOfTls13ThatIsGivenTls12GetsNoTicket() throws Exception {
    TlsPolicy old = TlsPolicy.of(List.of("TLSv1.2"), TlsPolicy.USUAL_CIPHERS, List.of("P-256"));
    server.index = CertificateIndex.builder(contexts.of(shop.material(), old)).build();
    try (SSLSocket socket = socket(JsseClient.context(), "shop.example.com", "TLSv1.3")) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2", "TLSv1.3"});
      socket.startHandshake();
      assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
      assertThat(socket.getSession().getId()).as("an id of the server's cache").hasSize(32);
    }
    TlsPolicy tickets = old.withSessions(600, 0, TlsPolicy.Tickets.ALL);
    server.index = CertificateIndex.builder(contexts.of(shop.material(), tickets)).build();
    SSLContext client = JsseClient.context();
    X509Certificate before = certificate(client, "TLSv1.2");
    ServedCertificate renewed =
        contexts.of(SelfMadeCertificate.issue(NOW, "shop.example.com"), tickets);
    server.index = CertificateIndex.builder(renewed).build();
    assertThat(certificate(client, "TLSv1.2")).as("resumed by its ticket").isEqualTo(before);
  }

  /// JSSE offers suites and signatures as it is told.
  @ParameterizedTest
  @CsvSource({
    "TLSv1.3, '', '', EC",
    "TLSv1.3, '', rsa_pss_rsae_sha256, RSA",
    "TLSv1.3, '', rsa_pss_rsae_sha256;ecdsa_secp256r1_sha256, EC",
    "TLSv1.3, '', rsa_pss_rsae_sha256;ecdsa_secp384r1_sha384, RSA",
    "TLSv1.2, '', '', EC",
    "TLSv1.2, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, '', RSA",
    "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, '', EC",
    "TLSv1.2, '', rsa_pkcs1_sha256, RSA"
  })
  void theClientIsShownTheCertificateThatItTakes(
      String protocol, String suites, String signatures, String kind) throws Exception {
    ServedCertificate both = contexts.of(shop.material(), rsa(), TlsPolicy.INTERMEDIATE, null);
    server.index = CertificateIndex.builder(fallback).put("shop.example.com", both).build();
    contexts.keepOnly(server.index);
    SSLContext client = JsseClient.context();
    for (int i = 0; i < 2; i++) { // the second one is resumed
      try (SSLSocket socket = socket(client, "shop.example.com", protocol)) {
        if (!suites.isEmpty()) {
          socket.setEnabledCipherSuites(suites.split(";"));
        }
        if (!signatures.isEmpty()) {
          SSLParameters parameters = socket.getSSLParameters();
          parameters.setSignatureSchemes(signatures.split(";"));
          socket.setSSLParameters(parameters);
        }
        socket.startHandshake();
        echo(socket);
        X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        assertThat(leaf.getPublicKey().getAlgorithm()).isEqualTo(kind);
      }
    }
    assertThat(contexts.size()).as("the default one and both").isEqualTo(3);
  }

  @Test
  void whereThePolicyHasNoSuiteForItEcdsaIsNotShown() throws Exception {
    TlsPolicy rsaOnly =
        TlsPolicy.of(
            List.of("TLSv1.2"), List.of("ECDHE-RSA-AES128-GCM-SHA256"), TlsPolicy.USUAL_GROUPS);
    server.index =
        CertificateIndex.builder(contexts.of(shop.material(), rsa(), rsaOnly, null)).build();

    assertThat(certificate(JsseClient.context(), "TLSv1.2").getPublicKey().getAlgorithm())
        .isEqualTo("RSA");
  }

  private static KeyMaterial rsa() throws Exception {
    return KeyMaterial.parse(resource("rsa.crt"), resource("rsa.pkcs8.key"));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = HandshakeIT.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  @Test
  void aSessionOfAnotherPolicyIsNotTaken() throws Exception {
    SSLContext client = JsseClient.context();
    certificate(client, "TLSv1.3");
    ServedCertificate stricter =
        contexts.of(SelfMadeCertificate.issue(NOW, "shop.example.com"), TlsPolicy.MODERN);
    server.index = CertificateIndex.builder(stricter).build();

    assertThat(certificate(client, "TLSv1.3")).isEqualTo(stricter.material().leaf());
  }

  @Test
  void anOpenConnectionOutlivesItsCertificate() throws Exception {
    try (SSLSocket socket = connect(JsseClient.context(), "shop.example.com", "TLSv1.3")) {
      server.index = CertificateIndex.builder(fallback).build();
      contexts.keepOnly(server.index);

      assertThat(contexts.size()).isEqualTo(1);
      echo(socket);
    }
    try (SSLSocket socket = connect(JsseClient.context(), "shop.example.com", "TLSv1.3")) {
      assertThat(nameOf(socket.getSession())).isEqualTo("ingress.local");
    }
  }

  @Test
  void aRetiredCertificateOfAnOldConfigurationStillAnswers() throws Exception {
    contexts.keepOnly(CertificateIndex.builder(fallback).build());

    try (SSLSocket socket = connect(JsseClient.context(), "shop.example.com", "TLSv1.3")) {
      assertThat(nameOf(socket.getSession())).isEqualTo("shop.example.com");
      echo(socket);
    }
  }

  @Test
  void equalPairsShareOneContext() throws Exception {
    assertThat(contexts.of(shop.material(), TlsPolicy.INTERMEDIATE)).isSameAs(shop);
    assertThat(contexts.of(shop.material(), TlsPolicy.MODERN)).isNotSameAs(shop);
  }

  private ServedCertificate served(KeyMaterial material) {
    return contexts.of(material, TlsPolicy.INTERMEDIATE);
  }

  private byte[] sessionId(SSLContext client, String protocol) throws IOException {
    try (SSLSocket socket = connect(client, "shop.example.com", protocol)) {
      echo(socket);
      return socket.getSession().getId();
    }
  }

  private X509Certificate certificate(SSLContext client, String protocol) throws IOException {
    try (SSLSocket socket = connect(client, "shop.example.com", protocol)) {
      echo(socket); // reads the ticket that follows the handshake as well
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private SSLSocket connect(SSLContext client, @Nullable String name, String protocol)
      throws IOException {
    SSLSocket socket = socket(client, name, protocol);
    socket.startHandshake();
    return socket;
  }

  private SSLSocket socket(SSLContext client, @Nullable String name, String protocol)
      throws IOException {
    Socket plain = new Socket("127.0.0.1", server.port());
    plain.setSoTimeout(10_000);
    SSLSocket socket =
        (SSLSocket) client.getSocketFactory().createSocket(plain, "127.0.0.1", server.port(), true);
    socket.setEnabledProtocols(new String[] {protocol});
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(name == null ? List.of() : List.of(new SNIHostName(name)));
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static void echo(Socket socket) throws IOException {
    byte[] sent = {1, 2, 3};
    socket.getOutputStream().write(sent);
    assertThat(socket.getInputStream().readNBytes(3)).isEqualTo(sent);
  }

  private static String nameOf(SSLSession session) throws Exception {
    X509Certificate leaf = (X509Certificate) session.getPeerCertificates()[0];
    return (String) leaf.getSubjectAlternativeNames().iterator().next().get(1);
  }

  private static SslContextBuilder nettyClient() {
    return SslContextBuilder.forClient()
        .sslProvider(SslProvider.OPENSSL)
        .endpointIdentificationAlgorithm(null)
        .trustManager(InsecureTrustManagerFactory.INSTANCE);
  }

  private SSLSession handshake(SslContextBuilder builder) throws Exception {
    SslHandler handler =
        builder.build().newHandler(UnpooledByteBufAllocator.DEFAULT, "shop.example.com", 443);
    MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      Channel channel =
          new Bootstrap()
              .group(group)
              .channel(NioSocketChannel.class)
              .handler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel ch) {
                      ch.pipeline()
                          .addLast(handler)
                          .addLast(new TlsServer.Echo()); // closes on an exception, silently
                    }
                  })
              .connect(new InetSocketAddress("127.0.0.1", server.port()))
              .sync()
              .channel();
      handler.handshakeFuture().sync();
      SSLSession session = handler.engine().getSession();
      channel.close().sync();
      return session;
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }
}
