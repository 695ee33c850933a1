package dev.lintel.ingress.plan;

/// Settings of the whole proxy that no route carries.
///
/// @param logFormat the access log's format (`log-format-upstream`)
public record GlobalPlan(String logFormat) {}
