package dev.lintel.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.corpus.cases.CaseReader;
import dev.lintel.corpus.cases.CorpusCase;
import dev.lintel.corpus.cases.Errata;
import dev.lintel.corpus.report.Report;
import dev.lintel.corpus.report.Result;
import dev.lintel.corpus.verdict.Verdict;
import dev.lintel.ingress.LeakCheck;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The hostile messages that the project brings along, against the product. What waits for a
/// timeout is [CorpusSlowIT]'s.
@ExtendWith(LeakCheck.class)
class CorpusIT {
  /// What is not built yet: of each class so many cases at most may fail.
  private static final Map<String, Integer> NOT_BUILT = Map.of("tls-sni", 2);

  @Test
  void everyMessageGetsWhatItDeserves() throws Exception {
    run(each -> !Verdict.isSlow(each.expect()), NOT_BUILT);
  }

  static void run(Predicate<CorpusCase> chosen, Map<String, Integer> notBuilt) throws Exception {
    Errata errata = Errata.read(resource("errata.tsv"));
    List<CorpusCase> cases =
        errata.applyTo(CaseReader.read(resource("cases.jsonl"))).stream().filter(chosen).toList();
    assertThat(cases).isNotEmpty();
    List<String> unexpected = new ArrayList<>();
    Map<String, Integer> failed = new TreeMap<>();
    for (Result result : Lanes.run(cases)) {
      String category = result.what().category();
      if (!result.isPassed()
          && failed.merge(category, 1, Integer::sum) > notBuilt.getOrDefault(category, 0)) {
        unexpected.add(Report.text(result));
      }
    }
    assertThat(unexpected).as("failed by class: %s", failed).isEmpty();
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(CorpusIT.class.getResource("/http1-corpus/" + name)).toURI());
  }
}
