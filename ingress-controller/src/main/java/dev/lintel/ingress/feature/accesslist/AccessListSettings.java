package dev.lintel.ingress.feature.accesslist;

import dev.lintel.ingress.feature.Cidr;
import java.util.List;

/// Whom a route lets in.
///
/// @param allow the only networks let in; empty for all
/// @param deny networks kept out, also where `allow` names them
public record AccessListSettings(List<Cidr> allow, List<Cidr> deny) {}
