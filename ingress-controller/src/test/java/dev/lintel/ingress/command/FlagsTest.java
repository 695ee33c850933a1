package dev.lintel.ingress.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.ControllerConfig;
import dev.lintel.ingress.ControllerConfig.Cluster;
import dev.lintel.ingress.snapshot.ObjectKey;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// The controller's flags, in the forms that ingress-nginx's users write.
class FlagsTest {
  private final List<String> warnings = new ArrayList<>();
  private final StringWriter err = new StringWriter();
  private final StringWriter out = new StringWriter();

  private ControllerConfig parse(String... args) {
    CommandLine line =
        new CommandLine(ControllerCommand.spec())
            .setOverwrittenOptionsAllowed(true)
            .setUnmatchedOptionsAllowedAsOptionParameters(false);
    return new ControllerArguments(ControllerCommand.values(line.parseArgs(args)), warnings::add)
        .config();
  }

  private int run(String... args) {
    return LintelCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  @Test
  void presetsAreThoseOfIngressNginx() {
    ControllerConfig config = parse();

    assertThat(config.listening().httpPort()).isEqualTo(80);
    assertThat(config.listening().httpsPort()).isEqualTo(443);
    assertThat(config.listening().adminPort()).isEqualTo(10254);
    assertThat(config.listening().healthPath()).isEqualTo("/healthz");
    assertThat(config.selection().controllerClass()).isEqualTo("k8s.io/ingress-nginx");
    assertThat(config.selection().ingressClass()).isEqualTo("nginx");
    assertThat(config.status().electionTtl()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.status().interval()).isEqualTo(Duration.ofSeconds(60));
    assertThat(config.metrics().served()).isFalse();
    assertThat(config.metrics().timeBuckets()).hasSize(11).startsWith(0.005);
    assertThat(config.drain().preStop()).isEqualTo(Duration.ofSeconds(15));
    assertThat(config.drain().limit()).isEqualTo(Duration.ofSeconds(240));
    assertThat(warnings).isEmpty();
  }

  @Test
  void readsTheFormsOfGo() {
    ControllerConfig config =
        parse(
            "--http-port=8080",
            "--https-port",
            "8443",
            "--enable-metrics",
            "--update-status=false",
            "--metrics-per-host=T",
            "--election-ttl=1m30s",
            "--publish-service=ingress/lintel",
            "--watch-namespace=a",
            "--watch-namespace=b",
            "-v=2");

    assertThat(config.listening().httpPort()).isEqualTo(8080);
    assertThat(config.listening().httpsPort()).isEqualTo(8443);
    assertThat(config.metrics().served()).isTrue();
    assertThat(config.metrics().perHost()).isTrue();
    assertThat(config.status().update()).isFalse();
    assertThat(config.status().electionTtl()).isEqualTo(Duration.ofSeconds(90));
    assertThat(config.status().publishService()).isEqualTo(new ObjectKey("ingress", "lintel"));
    assertThat(((Cluster) config.source()).namespace()).as("the last one counts").isEqualTo("b");
    assertThat(warnings).isEmpty();
  }

  @Test
  void aKnownFlagWithoutEffectLeadsToOneWarning() {
    parse("--enable-ssl-chain-completion", "--profiling=false", "--logtostderr=true");

    assertThat(warnings)
        .containsExactlyInAnyOrder(
            "--enable-ssl-chain-completion is accepted, but has no effect in this version",
            "--profiling is accepted, but has no effect in this version",
            "--logtostderr is accepted, but has no effect in this version");
  }

  @ParameterizedTest
  @MethodSource("flagsOfIngressNginx")
  void everyFlagOfIngressNginxIsKnown(String flag) {
    assertThat(ControllerArguments.names()).contains(flag);
  }

  static Stream<String> flagsOfIngressNginx() {
    return Stream.of(
        """
        --add_dir_header --alsologtostderr --annotations-prefix --apiserver-host --bucket-factor
        --certificate-authority --configmap --controller-class --deep-inspect
        --default-backend-service --default-server-port --default-ssl-certificate
        --disable-catch-all --disable-full-test --disable-leader-election
        --disable-svc-external-name --disable-sync-events --dynamic-configuration-retries
        --election-id --election-ttl --enable-annotation-validation --enable-metrics
        --enable-ssl-chain-completion --enable-ssl-passthrough --enable-topology-aware-routing
        --exclude-socket-metrics --health-check-path --health-check-timeout --healthz-host
        --healthz-port --http-port --https-port --ingress-class --ingress-class-by-name
        --internal-logger-address --kubeconfig --length-buckets --log_backtrace_at --log_dir
        --log_file --log_file_max_size --logtostderr --max-buckets --maxmind-edition-ids
        --maxmind-license-key --maxmind-mirror --maxmind-retries-count --maxmind-retries-timeout
        --metrics-per-host --metrics-per-undefined-host --monitor-max-batch-size --one_output
        --post-shutdown-grace-period --profiler-address --profiler-port --profiling
        --publish-service --publish-status-address --report-node-internal-ip-address
        --report-status-classes --shutdown-grace-period --size-buckets --skip_headers
        --skip_log_headers --ssl-passthrough-proxy-port --status-port --status-update-interval
        --stderrthreshold --stream-port --sync-period --sync-rate-limit --tcp-services-configmap
        --time-buckets --udp-services-configmap --update-status --update-status-on-shutdown --v
        --validating-webhook --validating-webhook-certificate --validating-webhook-key --version
        --vmodule --watch-ingress-without-class --watch-namespace --watch-namespace-selector
        """
            .split("\\s+"));
  }

  @Test
  void theZoneIsThatOfTheNodeWhereNoneIsNamed() {
    assertThat(parse().zone()).isEqualTo(ControllerConfig.Zone.NONE);
    assertThat(parse("--enable-topology-aware-routing", "--zone=eu-1a").zone())
        .isEqualTo(new ControllerConfig.Zone("eu-1a", true));
    assertThat(warnings).isEmpty();
  }

  @Test
  void aStatusIntervalBelowFiveSecondsIsFive() {
    assertThat(parse("--status-update-interval=1").status().interval())
        .isEqualTo(Duration.ofSeconds(5));
    assertThat(warnings).hasSize(1);
  }

  @Test
  void theOldGracePeriodCountsWhereTheNewIsNotGiven() {
    assertThat(parse("--shutdown-grace-period=7").drain().preStop())
        .isEqualTo(Duration.ofSeconds(7));
    assertThat(parse("--shutdown-grace-period=7", "--pre-stop-period=3").drain().preStop())
        .isEqualTo(Duration.ofSeconds(3));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --htp-port=80         | unknown flag --htp-port; the nearest known one is --http-port
          --publish-services=a  | unknown flag --publish-services; the nearest known one is --publish-service
          --election-tll        | unknown flag --election-tll; the nearest known one is --election-ttl
          --qqqqqqqqqqqqqqqqqqq | unknown flag --qqqqqqqqqqqqqqqqqqq
          """)
  void aNameNobodyKnowsIsAnErrorThatNamesTheNearest(String flag, String sentence) {
    assertThat(run("controller", flag)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString().lines().findFirst().orElse(""))
        .isEqualTo("lintel controller: " + sentence);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--publish-service=a/b --publish-status-address=1.2.3.4",
        "--watch-namespace=a --watch-namespace-selector=b=c",
        "--metrics-per-undefined-host --metrics-per-host=false",
        "--http-port=8080 --https-port=8080",
        "--http-port=65536",
        "--http-port=eighty",
        "--election-ttl=30",
        "--configmap=noslash",
        "--enable-metrics=perhaps",
        "--time-buckets=1,x",
      })
  void contradictionsAndWrongValuesEndTheStart(String flags) {
    String[] args = ("controller " + flags).split(" ");
    assertThat(run(args)).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).startsWith("lintel controller: --");
  }

  @Test
  void helpNamesEveryFlagAndTheExitCodes() {
    assertThat(run("controller", "--help")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains(ControllerArguments.names()).contains("Exit codes:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "serve", "demo", "check", "version"})
  void everyCommandHasHelp(String command) {
    assertThat(command.isEmpty() ? run("--help") : run(command, "--help")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("Usage: lintel").contains("Exit codes:");
  }

  @Test
  void versionIsPrinted() {
    assertThat(run("version")).isEqualTo(ExitCode.OK);
    assertThat(run("controller", "--version")).isEqualTo(ExitCode.OK);
    assertThat(out.toString().lines()).hasSize(2).allMatch(line -> line.startsWith("lintel "));
  }

  @Test
  void aCommandNobodyKnowsIsAnError() {
    assertThat(run("serv")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("the nearest known one is serve");
  }
}
