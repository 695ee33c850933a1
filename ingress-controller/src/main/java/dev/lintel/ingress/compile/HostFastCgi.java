package dev.lintel.ingress.compile;

import dev.lintel.ingress.feature.AnnotationReader;
import dev.lintel.ingress.feature.FastCgiRules;
import dev.lintel.ingress.feature.RouteContext;
import dev.lintel.ingress.feature.Setting;
import dev.lintel.ingress.plan.FastCgiPlan;
import dev.lintel.ingress.snapshot.ConfigMapView;
import dev.lintel.proxy.upstream.fcgi.FcgiText;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the Ingresses of one host say to upstreams by FastCGI.
final class HostFastCgi {
  private static final Pattern NAME = Pattern.compile("[A-Z_][A-Z0-9_]*");
  private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e]*");
  private static final int LONGEST = 4096;

  /// What holds for the routes of an Ingress.
  ///
  /// @param closed why they are closed, or null
  private record Said(FastCgiPlan plan, @Nullable String closed) {}

  private final Map<IngressReading, Said> said = new HashMap<>();

  private HostFastCgi() {}

  static HostFastCgi of(HostDraft draft) {
    HostFastCgi all = new HostFastCgi();
    for (IngressReading ingress : draft.ingresses()) {
      AnnotationReader in = ingress.reader();
      if (ingress.speaksFastCgi()) {
        in.enter(RouteContext.ofHost(draft.host()));
        FastCgiPlan plan =
            new FastCgiPlan(
                in.find(FastCgiRules.INDEX).orElse(""),
                params(in),
                in.get(FastCgiRules.KEEP_CONNECTIONS));
        all.said.put(ingress, new Said(plan, in.closed()));
      } else {
        for (Setting<?> setting : FastCgiRules.ALL) {
          if (in.isSet(setting)) {
            in.problem(
                setting,
                "is for FastCGI, which its upstreams are not spoken to with",
                "backend-protocol: FCGI",
                "no effect");
          }
        }
      }
      in.drain(draft.problems()::add, draft.lookups()::add);
    }
    return all;
  }

  /// What is said on behalf of an Ingress; null where it does not speak FastCGI.
  @Nullable FastCgiPlan plan(IngressReading ingress) {
    Said found = said.get(ingress);
    return found == null ? null : found.plan();
  }

  /// Why the routes of an Ingress are closed, or null.
  @Nullable String closed(IngressReading ingress) {
    Said found = said.get(ingress);
    return found == null ? null : found.closed();
  }

  private static SortedMap<String, String> params(AnnotationReader in) {
    ConfigMapView map = in.configMap(FastCgiRules.PARAMS).orElse(null);
    if (map == null) {
      return Collections.emptySortedMap();
    }
    SortedMap<String, String> params = new TreeMap<>();
    new TreeMap<>(map.data())
        .forEach(
            (name, text) -> {
              String value = text.strip();
              String fault = fault(name, value);
              if (fault == null) {
                params.put(name, value);
              } else {
                in.deny(FastCgiRules.PARAMS, "\"" + name + "\" of " + map.key() + " " + fault, "");
              }
            });
    return Collections.unmodifiableSortedMap(params);
  }

  private static @Nullable String fault(String name, String value) {
    if (!NAME.matcher(name).matches()) {
      return "is no name of capitals, digits and _";
    }
    if (name.startsWith("HTTP_")) {
      return "would pass for a field of the request";
    }
    if (value.length() > LONGEST || !VALUE.matcher(value).matches()) {
      return "has a value that cannot be sent: printable ASCII, one line, at most " + LONGEST;
    }
    return switch (FcgiText.parse(value)) {
      case FcgiText.Parsed _ -> null;
      case FcgiText.Refused(String why) -> "has a value that cannot be sent: " + why;
    };
  }
}
