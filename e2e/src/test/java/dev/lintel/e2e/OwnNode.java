package dev.lintel.e2e;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a test that must control the node itself. On a cluster that somebody else's `KUBECONFIG`
/// names it is reported as not run, with this reason.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface OwnNode {
  /// What the test does to the node.
  String value();
}
