package dev.lintel.proxy.exchange;

import dev.lintel.proxy.failure.FailureTable;
import dev.lintel.proxy.failure.ProxyFailure;
import dev.lintel.proxy.upstream.Attempts;
import dev.lintel.proxy.upstream.UpstreamCall;
import dev.lintel.proxy.upstream.balance.Choice;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What became of each try of one request, for log and metrics, and for what is known of the
/// endpoints. Used again for the next request.
final class Tries {
  private static final int MOST = Attempts.MOST + Attempts.MOST_EXCUSED;
  private static final long NEVER = -1;

  /// A response that has been coming for so long is a stream: its end says nothing of its endpoint.
  private static final long STREAM_NANOS = 10_000_000_000L;

  private final Attempts attempts;
  private final long[] begin = new long[MOST];
  private final long[] connected = new long[MOST];
  private final long[] answered = new long[MOST];
  private final long[] ended = new long[MOST];
  private final long[] length = new long[MOST];
  private final int[] status = new int[MOST];
  private int count;

  /// @param attempts of the same request
  Tries(Attempts attempts) {
    this.attempts = attempts;
  }

  void clear() {
    count = 0;
  }

  void begin(long now) {
    int i = count++;
    begin[i] = now;
    connected[i] = NEVER;
    answered[i] = NEVER;
    ended[i] = NEVER;
    length[i] = 0;
    status[i] = 0;
  }

  void connected(long now) {
    connected[count - 1] = now - begin[count - 1];
  }

  void answered(int code, long now) {
    status[count - 1] = code;
    answered[count - 1] = now - begin[count - 1];
  }

  /// The response is no response but the begin of another protocol.
  void upgraded(int code, long now) {
    answered(code, now);
    attempts.answered(code);
  }

  void received(int bytes) {
    length[count - 1] += bytes;
  }

  /// The response came to its end.
  void completed(long now) {
    ended(now);
    if (count > 0) {
      attempts.answered(status[count - 1]);
    }
  }

  void ended(long now) {
    if (count > 0 && ended[count - 1] == NEVER) {
      ended[count - 1] = now - begin[count - 1];
    }
  }

  /// @param lost the call, which is over
  void failed(ProxyFailure failure, UpstreamCall lost, long now) {
    if (count > 0) {
      ended(now);
      if (answered[count - 1] == NEVER || ended[count - 1] - answered[count - 1] < STREAM_NANOS) {
        attempts.failed(failure, lost);
      }
      if (status[count - 1] == 0) {
        status[count - 1] = FailureTable.status(failure);
      }
    }
  }

  /// Tells how the last one ended to the endpoint it went to.
  ///
  /// @param failure what the client saw of it
  void tell(Choice choice, @Nullable ProxyFailure failure, long now) {
    if (count == 0) {
      return;
    }
    if (answered[count - 1] != NEVER) {
      choice.answered(answered[count - 1], now);
    } else if (failure != null && failure.source() == ProxyFailure.Source.UPSTREAM) {
      choice.failed(now);
    } else {
      choice.left();
    }
  }

  int count() {
    return count;
  }

  long connectNanos(int i) {
    return connected[i];
  }

  long headerNanos(int i) {
    return answered[i];
  }

  long responseNanos(int i) {
    return ended[i];
  }

  long length(int i) {
    return length[i];
  }

  int status(int i) {
    return status[i];
  }

  /// How long the last try took, or all of them from the first on.
  long sinceFirst(long now) {
    return count == 0 ? 0 : now - begin[0];
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(status, count));
  }
}
