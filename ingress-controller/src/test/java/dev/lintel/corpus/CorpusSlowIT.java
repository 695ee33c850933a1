package dev.lintel.corpus;

import dev.lintel.corpus.verdict.Verdict;
import dev.lintel.ingress.LeakCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Those of the hostile messages after which the product waits for as long as it is told to wait
/// for anybody: more than a minute. `make test` runs them, `make check` does not.
@ExtendWith(LeakCheck.class)
class CorpusSlowIT {
  @Test
  void whoeverIsSlowIsGivenUp() throws Exception {
    CorpusIT.run(each -> Verdict.isSlow(each.expect()));
  }
}
