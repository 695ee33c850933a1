package dev.lintel.ingress.plan;

/// How the connections to an upstream are kept.
///
/// @param idle how many may wait for their next request, on each event loop; 0: none is kept
/// @param idleSeconds how long one may wait
/// @param requests how many requests one serves
/// @param ageSeconds how old one may be when it takes another request
public record ConnectionsPlan(int idle, int idleSeconds, int requests, int ageSeconds) {
  /// What ingress-nginx does.
  public static final ConnectionsPlan USUAL = new ConnectionsPlan(320, 60, 10_000, 3_600);
}
