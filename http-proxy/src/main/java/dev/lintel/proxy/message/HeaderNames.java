package dev.lintel.proxy.message;

/// Names that more than one package asks for.
public final class HeaderNames {
  public static final HeaderName ACCEPT_ENCODING = HeaderName.of("Accept-Encoding");
  public static final HeaderName AUTHORIZATION = HeaderName.of("Authorization");
  public static final HeaderName CONNECTION = HeaderName.of("Connection");
  public static final HeaderName CONTENT_LENGTH = HeaderName.of("Content-Length");
  public static final HeaderName CONTENT_TYPE = HeaderName.of("Content-Type");
  public static final HeaderName COOKIE = HeaderName.of("Cookie");
  public static final HeaderName DATE = HeaderName.of("Date");
  public static final HeaderName EXPECT = HeaderName.of("Expect");
  public static final HeaderName HOST = HeaderName.of("Host");
  public static final HeaderName LOCATION = HeaderName.of("Location");
  public static final HeaderName ORIGIN = HeaderName.of("Origin");
  public static final HeaderName REFERER = HeaderName.of("Referer");
  public static final HeaderName RETRY_AFTER = HeaderName.of("Retry-After");
  public static final HeaderName SEC_WEBSOCKET_ACCEPT = HeaderName.of("Sec-WebSocket-Accept");
  public static final HeaderName SEC_WEBSOCKET_KEY = HeaderName.of("Sec-WebSocket-Key");
  public static final HeaderName SET_COOKIE = HeaderName.of("Set-Cookie");
  public static final HeaderName STRICT_TRANSPORT_SECURITY =
      HeaderName.of("Strict-Transport-Security");
  public static final HeaderName TRANSFER_ENCODING = HeaderName.of("Transfer-Encoding");
  public static final HeaderName UPGRADE = HeaderName.of("Upgrade");
  public static final HeaderName USER_AGENT = HeaderName.of("User-Agent");
  public static final HeaderName WWW_AUTHENTICATE = HeaderName.of("WWW-Authenticate");
  public static final HeaderName X_FORWARDED_FOR = HeaderName.of("X-Forwarded-For");
  public static final HeaderName X_REQUEST_ID = HeaderName.of("X-Request-ID");

  private HeaderNames() {}
}
