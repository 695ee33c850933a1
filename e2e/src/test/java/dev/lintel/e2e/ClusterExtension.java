package dev.lintel.e2e;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/// Gives a test the `Cluster`, made once for all tests of the run, and leaves out by name what only
/// an own node allows.
final class ClusterExtension implements ParameterResolver, ExecutionCondition {

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Cluster.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(ClusterExtension.class))
        .getOrComputeIfAbsent(Cluster.class, type -> Cluster.connect(), Cluster.class);
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getElement(), OwnNode.class)
        .filter(reason -> Environment.OWN_NODE.isEmpty())
        .map(
            reason -> {
              String text = "not run: " + context.getDisplayName() + " (it " + reason.value() + ")";
              System.out.println(text);
              return ConditionEvaluationResult.disabled(text);
            })
        .orElseGet(() -> ConditionEvaluationResult.enabled("the cluster allows it"));
  }
}
