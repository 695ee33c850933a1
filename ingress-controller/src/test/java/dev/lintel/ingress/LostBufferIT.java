package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A process that loses a buffer does not go unnoticed.
@ExtendWith(LeakCheck.class)
class LostBufferIT {
  @Test
  void aProcessThatLostABufferFailsItsTest(@TempDir Path temp) throws Exception {
    Path folder = DemoFolder.copy(temp, List.of(1, 1, 1));
    LintelProcess lintel =
        LintelProcess.startAs(
            LosingBuffers.class.getName(),
            LintelProcess.SMALL,
            "serve",
            folder.toString(),
            "--http-port=0",
            "--https-port=0",
            "--admin-port=0");
    lintel.ports();
    assertThatThrownBy(lintel::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("LEAK: ByteBuf.release() was not called");
  }
}
