package dev.lintel.ingress.feature.satisfy;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import java.util.List;
import java.util.Optional;

/// Lets in whom any one guard accepts, rather than all.
public final class Satisfy implements Feature<SatisfySettings> {
  /// How many guards must accept a request.
  enum How {
    ALL,
    ANY;

    @Override
    public String toString() {
      return this == ALL ? "all" : "any";
    }
  }

  // No guard by itself: a value that cannot be read leaves `all`, which lets in nobody else.
  static final Setting<How> SATISFY =
      Setting.oneOf("satisfy", How.class)
          .defaultsTo(How.ALL)
          .text(
              "`any` lets a request in that one of the guards accepts: the address lists (as one"
                  + " guard), the password or external authentication; `all` asks for each.");

  @Override
  public String id() {
    return "satisfy";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(SATISFY);
  }

  @Override
  public Optional<SatisfySettings> read(AnnotationReader in) {
    return in.get(SATISFY) == How.ANY ? Optional.of(new SatisfySettings(true)) : Optional.empty();
  }

  @Override
  public void install(SatisfySettings settings, RouteAssembly route) {
    if (settings.any()) {
      route.satisfyAny();
    }
  }
}
