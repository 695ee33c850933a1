package dev.lintel.corpus.script;

import dev.lintel.corpus.client.Http2Client;
import java.io.IOException;

/// The steps of an HTTP/2 client, as a case says them in words.
public final class Http2Steps {
  private Http2Steps() {}

  /// Reads them.
  ///
  /// @throws UnknownStep names the step that is not understood
  public static Http2Steps parse(String words) {
    throw new UnknownStep(words);
  }

  /// Takes them one after another.
  public void play(Http2Client client, String expect, long millis)
      throws IOException, InterruptedException {}
}
