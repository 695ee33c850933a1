package dev.lintel.proxy.message;

/// How requests are written for an upstream.
public enum RequestForm {
  /// HTTP/1.1, over connections that are kept.
  KEPT(" HTTP/1.1\r\n", ""),
  /// HTTP/1.1, where the upstream is told that nothing follows on its connection.
  LAST(" HTTP/1.1\r\n", "Connection: close\r\n"),
  /// HTTP/1.0: nothing follows on the connection, which is said by the version; a body has a
  /// length, and no other protocol can be asked for.
  OLD(" HTTP/1.0\r\n", ""),
  /// For FastCGI, which makes parameters of it: with the target as the client sent it, in a line
  /// that no field can be. A body has a length.
  FASTCGI(" HTTP/1.0\r\n", "");

  private final byte[] version;
  private final byte[] connection;

  RequestForm(String version, String connection) {
    this.version = Octets.ascii(version);
    this.connection = Octets.ascii(connection);
  }

  /// Whether the upstream has to know the length of a body before it comes, and speaks no other
  /// protocol on request.
  public boolean wantsLength() {
    return this == OLD || this == FASTCGI;
  }

  /// The end of the first line.
  byte[] version() {
    return version;
  }

  /// What is said of the connection, where no other protocol is asked for.
  byte[] connection() {
    return connection;
  }
}
