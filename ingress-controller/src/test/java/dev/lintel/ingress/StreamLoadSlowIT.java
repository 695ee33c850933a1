package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.StreamLoad.Result;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Ten thousand short connections and as many datagrams, of which none is lost.
@ExtendWith(LeakCheck.class)
class StreamLoadSlowIT {
  private static final int COUNT = 10_000;

  @Test
  void noneIsLost(@TempDir Path folder) throws Exception {
    Result result = StreamLoad.of(folder, COUNT);
    System.out.println("StreamLoadSlowIT: " + result + " of " + COUNT);
    assertThat(result).isEqualTo(new Result(COUNT, COUNT));
  }
}
