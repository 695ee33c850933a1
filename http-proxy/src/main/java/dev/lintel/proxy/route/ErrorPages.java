package dev.lintel.proxy.route;

import dev.lintel.proxy.upstream.Upstream;

/// Which statuses of a route are answered with pages of another upstream. Immutable, shared by all
/// loops.
///
/// A page is asked for with GET, or HEAD, at `/`, by the client's fields and by some that say what
/// it is about: `X-Code`, `X-Format`, `X-Original-URI` and `fields`.
public final class ErrorPages {
  private static final int FIRST_ERROR = 400;

  private final Upstream upstream;
  private final boolean[] statuses;
  private final boolean replacesAnswers;
  private final byte[] fields;

  /// The arrays are kept, not copied.
  ///
  /// @param upstream where the pages come from
  /// @param statuses by number, those that have a page
  /// @param replacesAnswers whether answers of the route's own upstream are replaced, too, and not
  ///   only those that the proxy would give
  /// @param fields more fields for each page, as lines with their CRLF
  public ErrorPages(Upstream upstream, boolean[] statuses, boolean replacesAnswers, byte[] fields) {
    this.upstream = upstream;
    this.statuses = statuses;
    this.replacesAnswers = replacesAnswers;
    this.fields = fields;
  }

  /// Where the pages come from.
  public Upstream upstream() {
    return upstream;
  }

  /// Whether an answer of our own with this status has a page; redirects have none.
  public boolean has(int status) {
    return status >= FIRST_ERROR && status < statuses.length && statuses[status];
  }

  /// Whether an answer of the upstream with this status is replaced.
  public boolean replaces(int status) {
    return replacesAnswers && status < statuses.length && statuses[status];
  }

  /// More fields for each page; not to be changed.
  public byte[] fields() {
    return fields;
  }
}
