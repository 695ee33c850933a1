package dev.lintel.ingress.feature;

import dev.lintel.ingress.feature.Setting.Risk;
import dev.lintel.ingress.plan.GlobalPlan;
import java.util.List;
import java.util.regex.Pattern;

/// Settings of the whole controller that belong to no feature; read by the compiler.
public final class GlobalRules {
  /// The access log's format.
  public static final Setting<String> LOG_FORMAT =
      Setting.text("log-format-upstream", Pattern.compile(".+", Pattern.DOTALL), 16_384, "text")
          .onlyInConfigMap()
          .defaultsTo(GlobalPlan.USUAL_LOG_FORMAT)
          .text("Format of the access log, with nginx's variables such as `$status`.");

  /// Whether annotations may name objects of other namespaces.
  public static final Setting<Boolean> ALLOW_CROSS_NAMESPACE =
      Setting.bool("allow-cross-namespace-resources")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text("Lets annotations name Secrets and ConfigMaps of other namespaces than their own.");

  /// The highest risk an annotation may have.
  public static final Setting<Risk> RISK_LEVEL =
      Setting.oneOf("annotations-risk-level", Risk.class)
          .onlyInConfigMap()
          .defaultsTo(Risk.HIGH)
          .text(
              "The highest risk an annotation may have. A riskier one closes its Ingress's routes.");

  /// Whether a global authentication covers the routes of an Ingress.
  public static final Setting<Boolean> ENABLE_GLOBAL_AUTH =
      Setting.bool("enable-global-auth")
          .defaultsTo(true)
          .text("`false` exempts the routes from the ConfigMap's `global-auth-url`.");

  /// All of them.
  public static final List<Setting<?>> ALL =
      List.of(LOG_FORMAT, ALLOW_CROSS_NAMESPACE, RISK_LEVEL, ENABLE_GLOBAL_AUTH);

  private GlobalRules() {}
}
