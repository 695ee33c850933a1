package dev.lintel.ingress.feature.blocklist;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Cidr;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.GlobalReader;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.TextPattern;
import dev.lintel.proxy.filter.Rank;
import java.util.List;
import java.util.Optional;

/// Refuses clients by their address, their `User-Agent` or their `Referer`, on every route. It is
/// the ConfigMap that says so: the compiler reads it once and puts it on each route, those of no
/// Ingress included. A list that cannot be read closes them all.
public final class BlockList implements Feature<BlockListSettings> {
  /// Names it in a plan.
  public static final String ID = "block-list";

  static final Setting<List<Cidr>> ADDRESSES =
      Setting.cidrList("block-cidrs")
          .onlyInConfigMap()
          .defaultsTo(List.of())
          .guard()
          .text(
              "Client addresses that get 403 on every route, whatever lists and passwords the route"
                  + " has of its own.");
  static final Setting<List<TextPattern>> USER_AGENTS =
      Setting.textPatterns("block-user-agents")
          .onlyInConfigMap()
          .defaultsTo(List.of())
          .guard()
          .text(
              "Values of `User-Agent` that get 403 on every route. A whole text is compared without"
                  + " regard to case, a regular expression is found anywhere; `\"\"` is a request"
                  + " without the field.");
  static final Setting<List<TextPattern>> REFERERS =
      Setting.textPatterns("block-referers")
          .onlyInConfigMap()
          .defaultsTo(List.of())
          .guard()
          .text("Values of `Referer` that get 403 on every route, as with `block-user-agents`.");

  private static final List<Setting<?>> SETTINGS = List.of(ADDRESSES, USER_AGENTS, REFERERS);

  @Override
  public String id() {
    return ID;
  }

  @Override
  public List<Setting<?>> settings() {
    return SETTINGS;
  }

  /// Nothing: a single route does not ask for it.
  @Override
  public Optional<BlockListSettings> read(AnnotationReader in) {
    return Optional.empty();
  }

  /// What stands on every route; empty where nobody is refused.
  public static Optional<BlockListSettings> ofAll(GlobalReader in) {
    BlockListSettings settings =
        new BlockListSettings(in.get(ADDRESSES), in.get(USER_AGENTS), in.get(REFERERS));
    warn(in, USER_AGENTS, settings.userAgents());
    warn(in, REFERERS, settings.referers());
    return settings.equals(new BlockListSettings(List.of(), List.of(), List.of()))
        ? Optional.empty()
        : Optional.of(settings);
  }

  /// Why every route is closed; empty where the lists can be read.
  public static Optional<String> closesAll(GlobalReader in) {
    return SETTINGS.stream().flatMap(setting -> in.closes(setting).stream()).findFirst();
  }

  private static void warn(
      GlobalReader in, Setting<List<TextPattern>> setting, List<TextPattern> list) {
    for (TextPattern pattern : list) {
      if (pattern.looksLikeGlob()) {
        in.problem(
            setting,
            pattern + " is no regular expression",
            "~ or ~* in front of one",
            "it refuses only that very text");
      }
    }
  }

  @Override
  public void install(BlockListSettings settings, RouteAssembly route) {
    route.request(
        Rank.BLOCK_LIST,
        route.live(ID, settings, BlockFilter.class, () -> new BlockFilter(settings)));
  }
}
