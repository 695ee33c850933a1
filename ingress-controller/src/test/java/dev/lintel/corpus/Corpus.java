package dev.lintel.corpus;

import dev.lintel.corpus.cases.CaseReader;
import dev.lintel.corpus.cases.CorpusCase;
import dev.lintel.corpus.cases.Errata;
import dev.lintel.corpus.report.Report;
import dev.lintel.corpus.report.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs a file of hostile messages against the product: `make corpus CASES=FILE`.
///
/// Arguments: the file, and a second one with errata. Ends with 1 where a case failed.
public final class Corpus {
  private Corpus() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Errata errata = Errata.read(Path.of(args.length > 1 ? args[1] : "errata.tsv"));
    List<CorpusCase> cases = errata.applyTo(CaseReader.read(Path.of(args[0])));
    List<CorpusCase> chosen = new ArrayList<>(cases);
    String only = System.getProperty("corpus.only");
    if (only != null) {
      chosen.removeIf(
          each -> !(each.id() + " " + each.category() + " " + each.kind()).matches(only));
    }
    List<Result> results = Lanes.run(chosen);
    Report.print(results, cases.size() - chosen.size(), errata.applied(), System.out);
    System.exit(results.stream().allMatch(Result::isPassed) ? 0 : 1);
  }
}
