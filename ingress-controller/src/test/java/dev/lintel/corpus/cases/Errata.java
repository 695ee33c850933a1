package dev.lintel.corpus.cases;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Verdicts that the RFC contradicts: lines of case, right verdict and section, parted by tabs.
public final class Errata {
  private final Map<String, String> verdicts;
  private int applied;

  private Errata(Map<String, String> verdicts) {
    this.verdicts = verdicts;
  }

  /// Those of a file, none where there is no such file.
  public static Errata read(Path file) throws IOException {
    Map<String, String> verdicts = new HashMap<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] cells = line.split("\t", -1);
        if (!line.startsWith("#") && cells.length == 3) {
          verdicts.put(cells[0], cells[1]);
        }
      }
    }
    return new Errata(verdicts);
  }

  /// The cases with the right verdicts.
  public List<CorpusCase> applyTo(List<CorpusCase> cases) {
    List<CorpusCase> corrected = new ArrayList<>();
    for (CorpusCase each : cases) {
      String verdict = verdicts.get(each.id());
      if (verdict == null) {
        corrected.add(each);
      } else {
        applied++;
        corrected.add(each.judgedBy(verdict));
      }
    }
    return corrected;
  }

  /// How many verdicts were replaced.
  public int applied() {
    return applied;
  }
}
