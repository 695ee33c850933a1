package dev.lintel.ingress.feature.mirror;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.Feature;
import dev.lintel.ingress.feature.RouteAssembly;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.feature.SideTarget;
import dev.lintel.ingress.feature.SideUrl;
import dev.lintel.ingress.feature.Switch;
import dev.lintel.proxy.filter.Rank;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Sends a copy of each request to another target. It guards nothing: what cannot be read of it is
/// left out, and the route goes on without copies.
public final class Mirror implements Feature<MirrorSettings> {
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9](?:[-.A-Za-z0-9]*[A-Za-z0-9])?(?::\\d{1,5})?");

  private static final Setting<SideUrl> TARGET =
      Setting.of("mirror-target", new SideUrl.Spelling("$request_uri"))
          .risk(Setting.Risk.HIGH)
          .text(
              "The URL that a copy of each request goes to; its answer is thrown away. Without a"
                  + " path it is that of the request.");
  private static final Setting<Switch> BODY =
      Setting.oneOf("mirror-request-body", Switch.class)
          .defaultsTo(Switch.ON)
          .text(
              "`off` sends copies without the body. With it, they go when that is whole, and only"
                  + " those of at most 1 MiB.");
  private static final Setting<String> MIRROR_HOST =
      Setting.text("mirror-host", HOST, 253, "host name")
          .risk(Setting.Risk.HIGH)
          .text("`Host` of the copies; that of `mirror-target` where it is not set.");

  @Override
  public String id() {
    return "mirror";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(TARGET, BODY, MIRROR_HOST);
  }

  @Override
  public Optional<MirrorSettings> read(AnnotationReader in) {
    Switch body = in.get(BODY);
    Optional<String> written = in.find(MIRROR_HOST);
    Optional<SideUrl> url = in.find(TARGET);
    if (url.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> host = url.get().host(in.route().host());
    if (host.isEmpty()) {
      in.problem(
          TARGET,
          "takes its host from the request, on a route of many hosts",
          "one host by name",
          "ignored");
      return Optional.empty();
    }
    return in.place(TARGET, host.get(), url.get().port())
        .map(place -> settings(url.get(), host.get(), place, written, body));
  }

  private static MirrorSettings settings(
      SideUrl url, String host, SideTarget.Place place, Optional<String> written, Switch body) {
    SideTarget target =
        new SideTarget(host, url.port(), url.isSecure(), place, SideTarget.Pool.USUAL);
    return new MirrorSettings(
        target, url.target(), written.orElse(target.hostField()), body == Switch.ON);
  }

  @Override
  public void install(MirrorSettings settings, RouteAssembly route) {
    MirrorRoom room =
        route.live("mirror", new MirrorRoom.Shape(), MirrorRoom.class, MirrorRoom::new);
    route.request(Rank.MIRROR, new MirrorFilter(settings, route.side(settings.target()), room));
  }
}
