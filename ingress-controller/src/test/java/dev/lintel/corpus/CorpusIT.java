package dev.lintel.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.corpus.cases.CaseReader;
import dev.lintel.corpus.cases.CorpusCase;
import dev.lintel.corpus.cases.Errata;
import dev.lintel.corpus.report.Report;
import dev.lintel.corpus.verdict.Verdict;
import dev.lintel.ingress.LeakCheck;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The hostile messages that the project brings along, against the product. What waits for a
/// timeout is [CorpusSlowIT]'s.
@ExtendWith(LeakCheck.class)
class CorpusIT {
  @Test
  void everyMessageGetsWhatItDeserves() throws Exception {
    run(each -> !Verdict.isSlow(each.expect()));
  }

  static void run(Predicate<CorpusCase> chosen) throws Exception {
    Errata errata = Errata.read(resource("errata.tsv"));
    List<CorpusCase> cases =
        errata.applyTo(CaseReader.read(resource("cases.jsonl"))).stream().filter(chosen).toList();
    assertThat(cases).isNotEmpty();
    assertThat(Lanes.run(cases).stream().filter(each -> !each.isPassed()).map(Report::text))
        .isEmpty();
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(CorpusIT.class.getResource("/http1-corpus/" + name)).toURI());
  }
}
