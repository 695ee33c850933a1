package dev.lintel.ingress.plan;

import java.util.List;

/// What the ConfigMap says of proxies in front.
///
/// @param peers the networks of those whose word is taken
/// @param addressField the field with the client's address (`forwarded-for-header`)
/// @param hostField the field with the host asked for (`forwarded-host-header`)
/// @param takesFields whether scheme, host and port are taken (`use-forwarded-headers`), or the
///   address alone (`enable-real-ip`)
/// @param appends whether upstreams get the whole list of addresses (`compute-full-forwarded-for`)
public record ForwardedPlan(
    List<String> peers,
    String addressField,
    String hostField,
    boolean takesFields,
    boolean appends) {}
