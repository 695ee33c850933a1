package dev.lintel.proxy.route;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The paths of one host. A host matches either by exact paths and prefixes of whole segments or,
/// as ingress-nginx does, by regular expressions alone, the first that fits.
///
/// All beginnings of a path that end before a slash, and the path itself, are looked up while its
/// bytes are hashed once; the last one found is the longest. Immutable: the tables of two
/// configurations may share it.
public final class HostRoutes {
  private static final byte[][] NO_KEYS = {};

  /// What is known about one beginning of paths.
  private static final class Node {
    /// For this very path.
    @Nullable Route exact;

    /// For this very path, by a prefix.
    @Nullable Route self;

    /// For paths that go on with a slash.
    @Nullable Route below;
  }

  private final ByteKeys<Node> nodes;
  private final int longestKey;
  private final @Nullable Route only;
  private final PathRegex[] regexes;
  private final Route[] regexRoutes;

  private HostRoutes(Builder builder) {
    int count = builder.nodes.size();
    byte[][] keys = builder.nodes.keySet().stream().map(HostRoutes::bytes).toArray(byte[][]::new);
    this.nodes = new ByteKeys<>(count == 0 ? NO_KEYS : keys, builder.nodes.values().toArray());
    int longest = -1;
    for (byte[] key : keys) {
      longest = Math.max(longest, key.length);
    }
    this.longestKey = longest;
    Node root = builder.nodes.get("");
    this.only = count == 1 && root != null && builder.regexes.isEmpty() ? root.below : null;
    this.regexes = builder.regexes.toArray(PathRegex[]::new);
    this.regexRoutes = builder.regexRoutes.toArray(Route[]::new);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Begins a host without any path.
  public static Builder builder() {
    return new Builder();
  }

  /// The route of a path in match form; null where none fits.
  @Nullable Route match(byte[] path, int offset, int length) {
    if (only != null && length > 0 && path[offset] == '/') {
      return only;
    }
    for (int i = 0; i < regexes.length; i++) {
      if (regexes[i].matches(path, offset, length)) {
        return regexRoutes[i];
      }
    }
    Route best = null;
    int hash = 0;
    for (int i = 0; i < length; i++) {
      if (i > longestKey) {
        return best;
      }
      byte b = path[offset + i];
      if (b == '/') {
        Node node = nodes.find(path, offset, i, hash);
        if (node != null && node.below != null) {
          best = node.below;
        }
      }
      hash = ByteKeys.hash(hash, b);
    }
    if (length <= longestKey) {
      Node node = nodes.find(path, offset, length, hash);
      if (node != null && node.exact != null) {
        return node.exact;
      }
      if (node != null && node.self != null) {
        return node.self;
      }
    }
    return best;
  }

  /// Collects the paths of one host. What was said first about a path holds. Not shared between
  /// threads.
  public static final class Builder {
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final List<PathRegex> regexes = new ArrayList<>();
    private final List<Route> regexRoutes = new ArrayList<>();

    private Builder() {}

    private Node node(String key) {
      return nodes.computeIfAbsent(key, _ -> new Node());
    }

    /// Adds a path that matches as it is.
    public void exact(String path, Route route) {
      Node node = node(path);
      if (node.exact == null) {
        node.exact = route;
      }
    }

    /// Adds a prefix of whole segments: `/foo` covers `/foo` and `/foo/…`; `/foo/` covers `/foo/…`
    /// but not `/foo`. The longest wins, and an exact path beats it.
    public void prefix(String path, Route route) {
      boolean slash = path.endsWith("/");
      Node node = node(slash ? path.substring(0, path.length() - 1) : path);
      if (!slash && node.self == null) {
        node.self = route;
      }
      if (node.below == null) {
        node.below = route;
      }
    }

    /// Adds a regular expression; they are tried in the order they are added, before exact paths
    /// and prefixes.
    public void regex(PathRegex regex, Route route) {
      regexes.add(regex);
      regexRoutes.add(route);
    }

    /// The host with all that was added.
    public HostRoutes build() {
      return new HostRoutes(this);
    }
  }
}
