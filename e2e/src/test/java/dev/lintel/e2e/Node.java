package dev.lintel.e2e;

import java.time.Duration;
import java.util.List;

/// The node that the tests brought themselves, by its script: its programs can be killed and
/// frozen.
record Node(String script) {
  static final String API_SERVER = "kube-apiserver";

  void kill(String program) {
    control("kill", program);
  }

  void start(String program) {
    control("start", program);
  }

  void freeze(String program) {
    control("freeze", program);
  }

  void thaw(String program) {
    control("thaw", program);
  }

  private void control(String action, String program) {
    Shell.run(Duration.ofSeconds(30), List.of(script, action, program));
  }
}
