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

  /// What may not stand in a request of HTTP/2 may not in one of HTTP/3.
  @Test
  void fieldsGetTheSameOverHttp3() throws Exception {
    judge(
        cases(each -> each.kind() == CorpusCase.Kind.H2).stream()
            .map(CorpusCase::overHttp3)
            .toList());
  }

  static void run(Predicate<CorpusCase> chosen) throws Exception {
    judge(cases(chosen));
  }

  private static List<CorpusCase> cases(Predicate<CorpusCase> chosen) throws Exception {
    Errata errata = Errata.read(resource("errata.tsv"));
    return errata.applyTo(CaseReader.read(resource("cases.jsonl"))).stream()
        .filter(chosen)
        .toList();
  }

  private static void judge(List<CorpusCase> cases) throws Exception {
    assertThat(cases).isNotEmpty();
    assertThat(Lanes.run(cases).stream().filter(each -> !each.isPassed()).map(Report::text))
        .isEmpty();
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(CorpusIT.class.getResource("/http1-corpus/" + name)).toURI());
  }
}
