package dev.lintel.proxy.message;

/// The field names a proxy looks at, each with a small number, so that a head finds them without
/// searching and writers leave them out by one bit of a mask.
final class KnownNames {
  static final int HOST = 0;
  static final int CONNECTION = 1;
  static final int CONTENT_LENGTH = 2;
  static final int TRANSFER_ENCODING = 3;
  static final int EXPECT = 4;
  static final int UPGRADE = 5;
  static final int KEEP_ALIVE = 6;
  static final int PROXY_CONNECTION = 7;
  static final int TE = 8;
  static final int TRAILER = 9;
  static final int PROXY_AUTHENTICATE = 10;
  static final int PROXY_AUTHORIZATION = 11;
  static final int HTTP2_SETTINGS = 12;
  static final int PROXY = 13;
  static final int X_REQUEST_ID = 14;
  static final int X_REAL_IP = 15;
  static final int X_FORWARDED_FOR = 16;
  static final int X_FORWARDED_HOST = 17;
  static final int X_FORWARDED_PORT = 18;
  static final int X_FORWARDED_PROTO = 19;
  static final int X_FORWARDED_SCHEME = 20;
  static final int X_SCHEME = 21;
  static final int DATE = 22;
  static final int SERVER = 23;
  static final int COOKIE = 24;

  static final String[] NAMES = {
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "expect",
    "upgrade",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "proxy-authenticate",
    "proxy-authorization",
    "http2-settings",
    "proxy",
    "x-request-id",
    "x-real-ip",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-forwarded-scheme",
    "x-scheme",
    "date",
    "server",
    "cookie",
    "user-agent",
    "referer",
    "authorization",
    "content-type",
    "content-encoding",
    "accept",
    "accept-encoding",
    "accept-language",
    "origin",
    "range",
    "location",
    "set-cookie",
    "strict-transport-security",
    "www-authenticate",
    "retry-after",
    "cache-control",
    "vary",
    "etag",
    "last-modified",
    "if-none-match",
    "if-modified-since",
    "access-control-request-method",
    "access-control-request-headers"
  };

  /// Numbers below this have a slot of their own in a head.
  static final int SLOTS = NAMES.length;

  /// Fields of the family `X-Accel-*`, and `X-Pad`: orders to nginx itself.
  static final int ORDER_TO_PROXY = 60;

  /// Fields by which a proxy tells of the client, not known by a number of their own: the families
  /// `X-Forwarded-*`, `X-Original-*`, `Ssl-Client-*`, then `Forwarded`, `X-Rewrite-URL`,
  /// `Client-Cert*`.
  static final int ABOUT_CLIENT = 61;

  /// A field that is there but not for anybody: an odd name, or one nominated as hop-by-hop.
  static final int DROPPED = 62;

  /// Any other name.
  static final int OTHER = 63;

  private static final byte[] X_FORWARDED = Octets.ascii("x-forwarded-");
  private static final byte[] X_ORIGINAL = Octets.ascii("x-original-");
  private static final byte[] X_ACCEL = Octets.ascii("x-accel-");
  private static final byte[] X_PAD = Octets.ascii("x-pad");
  private static final byte[] X_REWRITE_URL = Octets.ascii("x-rewrite-url");
  private static final byte[] SSL_CLIENT = Octets.ascii("ssl-client-");
  private static final byte[] CLIENT_CERT = Octets.ascii("client-cert");
  private static final byte[] FORWARDED = Octets.ascii("forwarded");

  private static final int BUCKETS = 256;
  private static final byte[][] LOWER = new byte[SLOTS][];
  private static final byte[] FIRST = new byte[BUCKETS];
  private static final byte[] NEXT = new byte[SLOTS];

  static {
    for (int i = 0; i < BUCKETS; i++) {
      FIRST[i] = -1;
    }
    for (int id = SLOTS - 1; id >= 0; id--) {
      byte[] name = Octets.ascii(NAMES[id]);
      int bucket = bucket(name, 0, name.length);
      LOWER[id] = name;
      NEXT[id] = FIRST[bucket];
      FIRST[bucket] = (byte) id;
    }
  }

  private KnownNames() {}

  /// The bit of one number.
  static long bit(int id) {
    return 1L << id;
  }

  /// The bits of several numbers.
  static long mask(int... ids) {
    long mask = 0;
    for (int id : ids) {
      mask |= bit(id);
    }
    return mask;
  }

  /// The number of the name in `[offset, offset + length)`, which is a token and not empty.
  static int find(byte[] b, int offset, int length) {
    for (int id = FIRST[bucket(b, offset, length)]; id >= 0; id = NEXT[id]) {
      if (Octets.isWord(b, offset, length, LOWER[id])) {
        return id;
      }
    }
    int family = b[offset] | 0x20;
    return family == 'x' || family == 's' || family == 'c' || family == 'f'
        ? family(b, offset, length)
        : OTHER;
  }

  private static int bucket(byte[] b, int offset, int length) {
    return (length * 7 + (b[offset] | 0x20) * 5 + (b[offset + length - 1] | 0x20) * 31)
        & (BUCKETS - 1);
  }

  private static int family(byte[] b, int offset, int length) {
    if (begins(b, offset, length, X_FORWARDED)
        || begins(b, offset, length, X_ORIGINAL)
        || begins(b, offset, length, SSL_CLIENT)
        || begins(b, offset, length, CLIENT_CERT)
        || Octets.isWord(b, offset, length, FORWARDED)
        || Octets.isWord(b, offset, length, X_REWRITE_URL)) {
      return ABOUT_CLIENT;
    }
    return begins(b, offset, length, X_ACCEL) || Octets.isWord(b, offset, length, X_PAD)
        ? ORDER_TO_PROXY
        : OTHER;
  }

  private static boolean begins(byte[] b, int offset, int length, byte[] prefix) {
    return length >= prefix.length && Octets.isWord(b, offset, prefix.length, prefix);
  }
}
