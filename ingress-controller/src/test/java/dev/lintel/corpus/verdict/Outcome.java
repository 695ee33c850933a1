package dev.lintel.corpus.verdict;

import dev.lintel.corpus.cases.CorpusCase;
import dev.lintel.corpus.client.Answer;
import dev.lintel.corpus.client.Handshake;
import dev.lintel.corpus.client.PlainClient.End;
import dev.lintel.corpus.fixture.Seen;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a case led to.
///
/// @param sent what the client sent, or a description of it
/// @param received what the client got, or a description of it
/// @param answers to the client, in their order; over HTTP/2 those of all streams
/// @param resets the codes of RST_STREAM frames
/// @param goAway the code of a GOAWAY frame
/// @param alive whether the connection still worked at the end
/// @param seen what the backends saw
/// @param redone what they saw of the good requests afterwards
/// @param handshakes how hellos were met
/// @param grown how many bytes more memory the product held at the peak
public record Outcome(
    CorpusCase what,
    String sent,
    String received,
    List<Answer> answers,
    End end,
    List<Integer> resets,
    @Nullable Integer goAway,
    boolean alive,
    List<Seen> seen,
    List<Seen> redone,
    List<Handshake> handshakes,
    long grown) {

  /// The answers that end a request.
  public List<Answer> finals() {
    return answers.stream().filter(a -> !a.isInterim()).toList();
  }

  /// The status of the only answer, or 0.
  public int status() {
    return finals().size() == 1 ? finals().getFirst().status() : 0;
  }

  public boolean isClosed() {
    return end != End.OPEN;
  }
}
