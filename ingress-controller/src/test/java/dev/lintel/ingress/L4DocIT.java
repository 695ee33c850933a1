package dev.lintel.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What `docs/l4.md` shows works as it says.
@ExtendWith(LeakCheck.class)
class L4DocIT {
  private static final Pattern MANIFEST = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern COMMAND = Pattern.compile("(?m)^    (curl .*)$");

  @Test
  void theCommandsReachTheService(@TempDir Path folder) throws Exception {
    Path here = Path.of("").toAbsolutePath();
    Path root = Files.exists(here.resolve("docs")) ? here : here.getParent();
    String doc = Files.readString(root.resolve("docs/l4.md"));
    String first = Integer.toString(FreePort.tcp());
    String second = Integer.toString(FreePort.tcp());
    Matcher manifest = MANIFEST.matcher(doc);
    assertThat(manifest.find()).isTrue();
    String served = manifest.group(1).replace("9000", first).replace("9001", second);
    List<String> commands = COMMAND.matcher(doc).results().map(each -> each.group(1)).toList();
    assertThat(commands).hasSize(2);
    try (IngressSite _ =
        IngressSite.start(
            folder, IngressSite.config("proxy-real-ip-cidr: 127.0.0.1"), "---\n" + served)) {
      for (String command : commands) {
        assertThat(Shell.run(command.replace("9000", first).replace("9001", second)))
            .as(command)
            .startsWith("answered by web");
      }
      assertThat(Shell.run("curl -s http://127.0.0.1:" + second + "/")).isEmpty();
    }
  }
}
