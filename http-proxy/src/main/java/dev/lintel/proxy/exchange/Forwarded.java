package dev.lintel.proxy.exchange;

import dev.lintel.proxy.message.ConnectionTail;
import dev.lintel.proxy.message.HeaderName;
import dev.lintel.proxy.message.RequestHead;
import dev.lintel.proxy.message.Slice;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who the client of one request is, by the word of a trusted proxy in front. Made only for
/// requests of such a proxy.
///
/// The list of addresses is read from its end, as each proxy adds who it was asked by: the first
/// one that is not trusted is the client, or the very first where all are. What is no address ends
/// the search.
final class Forwarded {
  private static final HeaderName PROTO = HeaderName.of("X-Forwarded-Proto");
  private static final HeaderName PORT = HeaderName.of("X-Forwarded-Port");
  private static final String HOST_CHARACTERS = ".-_:[]";
  private static final int LONGEST_HOST = 255;

  /// More proxies than any request passes.
  private static final int MOST_HOPS = 64;

  private final ClientAddress address;
  private final Slice addressText;
  private final boolean secure;
  private final byte @Nullable [] host;
  private final ConnectionTail tail;

  private Forwarded(
      ClientAddress address, boolean secure, byte @Nullable [] host, ConnectionTail tail) {
    this.address = address;
    this.addressText = Slice.of(address.text());
    this.secure = secure;
    this.host = host;
    this.tail = tail;
  }

  /// What the peer of a connection says of a request; null where its word is not taken.
  static @Nullable Forwarded of(
      ForwardedRules rules, ClientConnection connection, RequestHead head) {
    ClientAddress peer = connection.address();
    if (!rules.peers().includes(peer.high(), peer.low())) {
      return null;
    }
    String list = joined(head, rules.addressField());
    ClientAddress client = client(rules.peers(), peer, list);
    String proto = rules.takesFields() ? first(head, PROTO) : "";
    boolean secure = proto.equals("https") || connection.isSecure() && !proto.equals("http");
    byte[] host = rules.takesFields() ? host(first(head, rules.hostField())) : null;
    int port = rules.takesFields() ? port(first(head, PORT)) : 0;
    String clientText = text(client);
    String sent =
        !rules.appends() ? clientText : list.isEmpty() ? text(peer) : list + ", " + text(peer);
    ConnectionTail tail =
        new ConnectionTail(
            clientText,
            sent,
            port == 0 ? connection.port() : port,
            secure ? "https" : "http",
            host);
    return new Forwarded(client, secure, host, tail);
  }

  private static String text(ClientAddress address) {
    return new String(address.text(), StandardCharsets.US_ASCII);
  }

  private static ClientAddress client(ForwardedRules.Peers peers, ClientAddress peer, String list) {
    ClientAddress found = peer;
    int end = list.length();
    for (int hops = 0; end > 0 && hops < MOST_HOPS; hops++) {
      if (!peers.includes(found.high(), found.low())) {
        return found;
      }
      int comma = list.lastIndexOf(',', end - 1);
      ClientAddress next = address(list.substring(comma + 1, end).strip());
      if (next == null) {
        return found;
      }
      found = next;
      end = comma;
    }
    return found;
  }

  /// An address, perhaps with a port, which is left out; null for anything else.
  private static @Nullable ClientAddress address(String text) {
    String bare = text;
    int colon = text.indexOf(':');
    if (text.startsWith("[")) {
      int close = text.indexOf(']');
      if (close < 0 || close + 1 < text.length() && text.charAt(close + 1) != ':') {
        return null;
      }
      bare = text.substring(1, close);
    } else if (colon > 0 && colon == text.lastIndexOf(':')) {
      bare = text.substring(0, colon);
    }
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(bare);
    if (bytes == null) {
      return null;
    }
    try {
      return ClientAddress.of(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException _) {
      return null; // four or sixteen bytes always are an address
    }
  }

  /// All values of a field, as one list.
  private static String joined(RequestHead head, HeaderName name) {
    Slice value = new Slice();
    List<String> all = new ArrayList<>(1);
    for (int i = head.find(name); i >= 0; i = head.next(name, i)) {
      all.add(head.value(i, value).toString());
    }
    return all.size() == 1 ? all.get(0) : String.join(", ", all);
  }

  /// The first entry of the first field of this name; empty where there is none.
  private static String first(RequestHead head, HeaderName name) {
    String text = head.text(name);
    if (text == null) {
      return "";
    }
    int comma = text.indexOf(',');
    return (comma < 0 ? text : text.substring(0, comma)).strip();
  }

  private static byte @Nullable [] host(String text) {
    if (text.isEmpty() || text.length() > LONGEST_HOST) {
      return null;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (!plain && HOST_CHARACTERS.indexOf(c) < 0) {
        return null;
      }
    }
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static int port(String text) {
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9' || number > 6_553) {
        return 0;
      }
      number = number * 10 + c - '0';
    }
    return number > 65_535 ? 0 : number;
  }

  /// The client.
  ClientAddress address() {
    return address;
  }

  /// Its address as text.
  Slice addressText() {
    return addressText;
  }

  /// Whether the client speaks TLS with the first of the proxies.
  boolean isSecure() {
    return secure;
  }

  /// The host that the client asked for, with its port; null where nobody says so.
  byte @Nullable [] host() {
    return host;
  }

  /// The fields about the client that upstreams get.
  ConnectionTail tail() {
    return tail;
  }
}
