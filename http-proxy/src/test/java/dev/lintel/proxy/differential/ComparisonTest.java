package dev.lintel.proxy.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.proxy.differential.Comparison.Answer;
import dev.lintel.proxy.differential.Comparison.Answers;
import dev.lintel.proxy.differential.StrictParser.End;
import dev.lintel.proxy.differential.StrictParser.Reading;
import dev.lintel.proxy.differential.StrictParser.Request;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The comparison finds what it is for: differences put in on purpose.
class ComparisonTest {
  private static final Request FIRST = request("POST", "/1", "hello");
  private static final Request SECOND = request("GET", "/2", "");
  private static final Reading BOTH = new Reading(List.of(FIRST, SECOND), End.CLEAN, "");
  private static final Answer REFUSED = new Answer(400, "");

  private static Request request(String method, String target, String body) {
    return new Request(method, target, List.of(), body, false);
  }

  private static Answer answerTo(Request request) {
    return new Answer(200, Comparison.mark(request));
  }

  private static Answers got(Answer... answers) {
    return new Answers(List.of(answers), false);
  }

  private static final Answers SERVED = got(answerTo(FIRST), answerTo(SECOND));

  private static String difference(Reading said, Answers got, Request... arrived) {
    return Comparison.difference(said, false, got, List.of(arrived));
  }

  @Test
  void whatWasServedOnceAndWholeIsEqual() {
    assertThat(Comparison.difference(BOTH, true, SERVED, List.of(FIRST, SECOND))).isEmpty();
  }

  @Test
  void whatWasRefusedNeedNotArrive() {
    assertThat(difference(BOTH, got(answerTo(FIRST), REFUSED), FIRST)).isEmpty();
    assertThat(difference(BOTH, got(REFUSED, answerTo(SECOND)), SECOND)).isEmpty();
    assertThat(difference(BOTH, got(REFUSED))).isEmpty();
  }

  @Test
  void aGoodRequestThatWasRefusedIsADifference() {
    Answers refused = got(answerTo(FIRST), REFUSED);
    assertThat(Comparison.difference(BOTH, true, refused, List.of(FIRST))).contains("refused");
    Answers cut = got(answerTo(FIRST));
    assertThat(Comparison.difference(BOTH, true, cut, List.of(FIRST))).contains("no answer");
  }

  @Test
  void aSmuggledRequestIsADifference() {
    Request smuggled = request("GET", "/smuggled", "");
    assertThat(difference(BOTH, SERVED, FIRST, smuggled, SECOND)).contains("/smuggled");
    assertThat(difference(BOTH, SERVED, FIRST, SECOND, smuggled)).contains("/smuggled");
    assertThat(difference(BOTH, got(REFUSED), smuggled)).contains("/smuggled");
  }

  @Test
  void aRequestThatArrivesTwiceIsADifference() {
    assertThat(difference(BOTH, SERVED, FIRST, FIRST, SECOND)).isNotEmpty();
  }

  @Test
  void anotherBodyIsADifference() {
    assertThat(difference(BOTH, SERVED, request("POST", "/1", "hell0"), SECOND)).isNotEmpty();
    assertThat(difference(BOTH, SERVED, request("POST", "/1", ""), SECOND)).isNotEmpty();
  }

  @Test
  void theAnswerToAnotherRequestIsADifference() {
    Answers swapped = got(answerTo(SECOND), answerTo(FIRST));
    assertThat(difference(BOTH, swapped, FIRST, SECOND)).contains("got the answer to");
  }

  @Test
  void anAnswerWithoutARequestIsADifference() {
    Reading broken = new Reading(List.of(FIRST), End.BROKEN, "");
    assertThat(difference(broken, got(answerTo(FIRST), REFUSED), FIRST)).isEmpty();
    assertThat(difference(broken, got(answerTo(FIRST), answerTo(SECOND)), FIRST))
        .contains("to no request");
  }

  @Test
  void aConnectionThatStaysOpenBehindBrokenBytesIsADifference() {
    Reading broken = new Reading(List.of(FIRST), End.BROKEN, "");
    Answers waiting = new Answers(List.of(answerTo(FIRST)), true);
    assertThat(difference(broken, waiting, FIRST)).contains("stayed open");
  }

  @Test
  void theSameSeedMakesTheSameBytes() {
    assertThat(RandomRequests.of(7).bytes()).isEqualTo(RandomRequests.of(7).bytes());
    assertThat(RandomRequests.of(7).bytes()).isNotEqualTo(RandomRequests.of(8).bytes());
  }
}
