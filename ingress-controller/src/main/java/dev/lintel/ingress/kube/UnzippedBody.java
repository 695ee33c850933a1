package dev.lintel.ingress.kube;

import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/// A response's body of `Content-Encoding: gzip` (RFC 1952), unpacked on its way to who asked for
/// it. Each piece that arrives is handed on as one, so who asks for one piece gets one.
///
/// The API server packs large lists when asked to. They are a tenth then of what would have to be
/// decrypted and copied by code that is not compiled yet, just when a start waits for them.
final class UnzippedBody<T> implements BodySubscriber<T> {
  private static final int PIECE = 65_536;
  private static final String GZIP = "gzip";

  private final BodySubscriber<T> body;
  private final GzipHeader header = new GzipHeader();
  private final Inflater inflater = new Inflater(true);
  private Flow.@Nullable Subscription subscription;
  private boolean ended;

  private UnzippedBody(BodySubscriber<T> body) {
    this.body = body;
  }

  /// Unpacks what comes packed, and passes on what does not.
  static <T> BodyHandler<T> unzipping(BodyHandler<T> handler) {
    return info -> {
      BodySubscriber<T> body = handler.apply(info);
      boolean packed =
          info.headers().firstValue("content-encoding").filter(GZIP::equalsIgnoreCase).isPresent();
      return packed ? new UnzippedBody<>(body) : body;
    };
  }

  @Override
  public CompletionStage<T> getBody() {
    return body.getBody();
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    body.onSubscribe(subscription);
  }

  @Override
  public void onNext(List<ByteBuffer> packed) {
    if (ended) {
      return;
    }
    List<ByteBuffer> pieces = new ArrayList<>();
    try {
      for (ByteBuffer piece : packed) {
        if (header.skip(piece)) {
          unzip(piece, pieces);
        }
      }
    } catch (DataFormatException e) {
      if (subscription != null) {
        subscription.cancel();
      }
      end();
      body.onError(e);
      return;
    }
    body.onNext(pieces);
  }

  private void unzip(ByteBuffer packed, List<ByteBuffer> pieces) throws DataFormatException {
    inflater.setInput(packed);
    while (!inflater.finished()) {
      ByteBuffer piece = ByteBuffer.allocate(PIECE);
      if (inflater.inflate(piece) == 0) {
        return;
      }
      pieces.add(piece.flip());
    }
  }

  @Override
  public void onError(Throwable error) {
    if (!ended) {
      end();
      body.onError(error);
    }
  }

  @Override
  public void onComplete() {
    if (ended) {
      return;
    }
    boolean whole = inflater.finished();
    end();
    if (whole) {
      body.onComplete();
    } else {
      body.onError(new DataFormatException("the packed body ends early"));
    }
  }

  private void end() {
    ended = true;
    inflater.end();
  }
}
