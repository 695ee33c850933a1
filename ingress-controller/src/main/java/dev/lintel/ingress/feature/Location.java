package dev.lintel.ingress.feature;

import dev.lintel.proxy.exchange.Exchange;
import dev.lintel.proxy.message.Slice;
import java.nio.charset.StandardCharsets;

/// Puts the `Location` of a redirect together in the scratch memory of the exchange's loop. It
/// never begins with `//`, whatever the path. One is made for each redirect; event loops only.
public final class Location {
  private static final byte[] HTTP = "http://".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HTTPS = "https://".getBytes(StandardCharsets.US_ASCII);

  private final Exchange exchange;
  private final byte[] out;
  private int length;

  private Location(Exchange exchange) {
    this.exchange = exchange;
    this.out = exchange.loop().out();
  }

  /// Scheme and host as the client sees them: the host it asked for, without a port unless `port`
  /// names one.
  ///
  /// @param port the port to name; 0 for none
  public static Location of(Exchange exchange, boolean https, int port) {
    Location location = new Location(exchange);
    location.add(https ? HTTPS : HTTP);
    Slice authority = exchange.authority();
    location.add(authority.bytes(), authority.offset(), withoutPort(authority));
    return location.port(https, port);
  }

  /// Scheme and another host than the client asked for.
  ///
  /// @param port the port to name; 0 for none
  public static Location to(Exchange exchange, boolean https, byte[] host, int port) {
    return new Location(exchange).add(https ? HTTPS : HTTP).add(host).port(https, port);
  }

  /// Neither scheme nor host: a path of the same host follows.
  public static Location relative(Exchange exchange) {
    return new Location(exchange);
  }

  /// Scheme and host as the client sees them, with the port as it stands in `Host`.
  public static Location asAsked(Exchange exchange) {
    Location location = new Location(exchange);
    location.add(exchange.isSecure() ? HTTPS : HTTP);
    Slice authority = exchange.authority();
    location.add(authority.bytes(), authority.offset(), authority.length());
    return location;
  }

  /// Adds the path as the upstream would get it.
  public Location path() {
    Slice path = exchange.request().wirePath();
    return add(path.bytes(), path.offset(), path.length());
  }

  /// Adds the query with its `?`, where there is one.
  public Location query() {
    Slice query = exchange.request().query();
    return add(query.bytes(), query.offset(), query.length());
  }

  /// Adds these bytes.
  public Location add(byte[] bytes) {
    return add(bytes, 0, bytes.length);
  }

  private Location port(boolean https, int port) {
    return port > 0 && port != (https ? 443 : 80)
        ? add((":" + port).getBytes(StandardCharsets.US_ASCII))
        : this;
  }

  private Location add(byte[] bytes, int offset, int count) {
    System.arraycopy(bytes, offset, out, length, count);
    length += count;
    return this;
  }

  /// Answers the exchange with a redirect to what was put together.
  public void send(int status) {
    int extra = 0;
    while (extra + 1 < length && out[extra] == '/' && out[extra + 1] == '/') {
      extra++; // the client would take what follows for a host
    }
    if (extra > 0) {
      length -= extra;
      System.arraycopy(out, extra, out, 0, length);
    }
    exchange.redirect(status, out, length);
  }

  private static int withoutPort(Slice authority) {
    byte[] bytes = authority.bytes();
    int end = authority.offset() + authority.length();
    for (int i = end - 1; i >= authority.offset(); i--) {
      byte b = bytes[i];
      if (b == ':') {
        return i - authority.offset();
      }
      if (b < '0' || b > '9') {
        break;
      }
    }
    return authority.length();
  }
}
