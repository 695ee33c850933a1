package dev.lintel.corpus.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.corpus.client.Handshake;
import dev.lintel.corpus.client.Handshake.EarlyData;
import dev.lintel.ingress.LeakCheck;
import dev.lintel.ingress.snapshot.Pems;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// That the steps about sessions can come out badly: OpenSSL's server takes up sessions under any
/// name, and takes early data where it is told to, as the product must not.
@ExtendWith(LeakCheck.class)
class SessionPlayerToolIT {
  private static final String ELSEWHERE =
      "session ticket obtained with sni='x.test' replayed with sni='y.test'";
  private static final String EARLY = "TLS 1.3 early_data with PUT /once";

  @TempDir private Path folder;
  private Path pair;
  private final LinkedBlockingQueue<String> printed = new LinkedBlockingQueue<>();
  private @Nullable Process server;

  @BeforeEach
  void writePair() throws IOException {
    Pems pems = Pems.fresh();
    pair = Files.writeString(folder.resolve("pair.pem"), pems.certificate() + pems.key());
  }

  /// @return its port
  private int serve(String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("openssl", "s_server", "-accept", "127.0.0.1:0", "-tls1_3", "-cert"));
    command.add(pair.toString());
    command.addAll(List.of(options));
    Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
    server = started;
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(started.getInputStream(), StandardCharsets.ISO_8859_1));
    Thread.ofVirtual().start(() -> lines.lines().forEach(printed::add));
    String line;
    do {
      line = printed.poll(20, TimeUnit.SECONDS);
      assertThat(line).as("the server does not begin").isNotNull();
    } while (!line.startsWith("ACCEPT "));
    return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.destroyForcibly();
    }
  }

  private static List<Handshake> play(int port, String words) throws Exception {
    SessionPlayer player = SessionPlayer.of(port);
    player.play(TlsSteps.parse(words));
    return player.handshakes();
  }

  @Test
  void aSessionThatIsTakenUpUnderAnotherNameIsSeen() throws Exception {
    assertThat(play(serve("-www"), ELSEWHERE)).singleElement().matches(Handshake::resumed);
  }

  @Test
  void aSessionThatIsNeverTakenUpProvesNothing() throws Exception {
    int port = serve("-www", "-num_tickets", "0");
    assertThatThrownBy(() -> play(port, ELSEWHERE)).isInstanceOf(IOException.class);
  }

  @Test
  void earlyDataThatIsTakenIsSeen() throws Exception {
    List<Handshake> handshakes = play(serve("-early_data"), EARLY);
    assertThat(handshakes).singleElement().matches(h -> h.earlyData() == EarlyData.TAKEN);
    assertThat(printed).filteredOn(line -> line.contains("PUT /once")).hasSize(1);
  }

  @Test
  void earlyDataThatWasPromisedAndIsPassedOverIsSeen() throws Exception {
    List<Handshake> handshakes = play(serve("-www", "-max_early_data", "1000"), EARLY);
    assertThat(handshakes).singleElement().matches(h -> h.earlyData() == EarlyData.PROMISED);
  }

  @Test
  void earlyDataThatIsPassedOverIsSentAgain() throws Exception {
    List<Handshake> handshakes = play(serve(), EARLY);
    assertThat(handshakes).singleElement().matches(h -> h.earlyData() == EarlyData.REFUSED);
    assertThat(handshakes).singleElement().matches(Handshake::resumed);
    assertThat(printed).filteredOn(line -> line.contains("PUT /once")).hasSize(1);
  }
}
