package dev.lintel.ingress.feature;

import dev.lintel.ingress.plan.ForwardedPlan;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which proxies in front are believed what they say of clients. Settings of the whole controller,
/// read by the compiler.
public final class ForwardedSettings {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][-A-Za-z0-9]*");
  private static final List<String> EVERYBODY = List.of("0.0.0.0/0", "0:0:0:0:0:0:0:0/0");

  static final Setting<Boolean> USE =
      Setting.bool("use-forwarded-headers")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text(
              "Takes the client's address, scheme, host and port from the fields of proxies in front"
                  + " (`X-Forwarded-For`, `-Proto`, `-Host`, `-Port`). Of those in"
                  + " `proxy-real-ip-cidr`, or else of anybody, which is a problem.");
  static final Setting<Boolean> REAL_IP =
      Setting.bool("enable-real-ip")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text("Takes the client's address alone, in the same way.");
  static final Setting<Networks> PEERS =
      Setting.of("proxy-real-ip-cidr", new Networks.ListGrammar())
          .onlyInConfigMap()
          .text(
              "The proxies in front whose fields are believed. The client is the last address of"
                  + " their list that is none of them.");
  static final Setting<String> ADDRESS_FIELD =
      Setting.text("forwarded-for-header", NAME, 128, "name of a header field")
          .onlyInConfigMap()
          .defaultsTo("X-Forwarded-For")
          .text("The field with the client's address.");
  static final Setting<String> HOST_FIELD =
      Setting.text("forwarded-host-header", NAME, 128, "name of a header field")
          .onlyInConfigMap()
          .defaultsTo("X-Forwarded-Host")
          .text("The field with the host that the client asked for.");
  static final Setting<Boolean> APPEND =
      Setting.bool("compute-full-forwarded-for")
          .onlyInConfigMap()
          .defaultsTo(false)
          .text(
              "Sends the whole list of addresses in `X-Forwarded-For`, with that of the proxy in"
                  + " front behind it, in place of the client's alone.");

  /// All of them.
  public static final List<Setting<?>> ALL =
      List.of(USE, REAL_IP, PEERS, ADDRESS_FIELD, HOST_FIELD, APPEND);

  private ForwardedSettings() {}

  /// What holds; empty where nobody is believed.
  public static Optional<ForwardedPlan> plan(GlobalReader in) {
    boolean fields = in.get(USE);
    if (!fields && !in.get(REAL_IP)) {
      return Optional.empty();
    }
    List<String> peers = peers(in, fields ? USE : REAL_IP);
    return peers.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ForwardedPlan(
                peers,
                in.get(ADDRESS_FIELD),
                in.get(HOST_FIELD),
                fields,
                fields && in.get(APPEND)));
  }

  /// The networks of those whose word is taken; everybody, with a problem, where none is named.
  ///
  /// @param asked the setting that needs them
  static List<String> peers(GlobalReader in, Setting<?> asked) {
    Optional<Networks> networks = in.find(PEERS);
    if (networks.isPresent()) {
      for (String unknown : networks.get().unknown()) {
        in.problem(
            PEERS,
            unknown + " is no address or network",
            "addresses and networks with commas between, such as 10.0.0.0/8, 2001:db8::1",
            "it is not trusted");
      }
      return networks.get().known().stream().map(Cidr::toString).toList();
    }
    if (in.isWritten(PEERS)) {
      // It is empty: whoever wrote that did not mean everybody.
      in.problem(PEERS, "names no proxy", "", "nobody is believed what it says of clients");
      return List.of();
    }
    in.problem(
        asked,
        "no proxy is named whose word may be taken",
        "proxy-real-ip-cidr with the networks of those in front",
        asked.equals(USE)
            ? "every client may say what its address, scheme and host are"
            : "every client may say what its address is");
    return EVERYBODY;
  }
}
