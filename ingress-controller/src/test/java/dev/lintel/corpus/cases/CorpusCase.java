package dev.lintel.corpus.cases;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One hostile message and what has to become of it.
///
/// @param id names it in reports, and is used for nothing else
/// @param kind of what it consists
/// @param raw every character is one byte; repeats are written out
/// @param expect the verdict
/// @param upstream what the backend must have seen
/// @param then what the client sends after the first answer
/// @param request what the client sends where `raw` is a backend's answer
/// @param config a setting that the case needs
public record CorpusCase(
    String id,
    String category,
    Kind kind,
    String raw,
    String expect,
    Expected upstream,
    List<String> data,
    List<Field> trailers,
    @Nullable String then,
    @Nullable String request,
    @Nullable String config) {

  /// What [#raw] is.
  public enum Kind {
    /// The bytes of a client.
    H1("h1"),
    /// The fields of one request, as JSON.
    H2("h2"),
    /// The same over HTTP/3.
    H3("h3"),
    /// Steps of an HTTP/2 client, in words.
    H2_SCRIPT("h2-script"),
    /// Steps of a TLS client, in words.
    TLS_SCRIPT("tls-script"),
    /// The bytes of a backend.
    UPSTREAM_RESPONSE("upstream-response");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    static Kind of(String text) {
      for (Kind kind : values()) {
        if (kind.text.equals(text)) {
          return kind;
        }
      }
      throw new IllegalArgumentException("\"" + text + "\" is no kind of case");
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// A name and a value.
  public record Field(String name, String value) {}

  /// The same fields of a request over HTTP/3.
  public CorpusCase overHttp3() {
    String wanted = config == null ? "use-http3" : config + "; use-http3";
    return new CorpusCase(
        id, category, Kind.H3, raw, expect, upstream, data, trailers, then, request, wanted);
  }

  /// The same case with another verdict.
  public CorpusCase judgedBy(String verdict) {
    return new CorpusCase(
        id, category, kind, raw, verdict, upstream, data, trailers, then, request, config);
  }
}
