package dev.lintel.proxy.upstream;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;

/// One address of an upstream. Equal addresses are equal endpoints, so connections survive a change
/// of the set.
public record Endpoint(InetSocketAddress address) {
  /// `10.0.0.7:8080`, as it stands in the log.
  public String text() {
    return address.getHostString() + ":" + address.getPort();
  }

  /// The same with IPv6 in its shortest form and in brackets, as hashes and keys are made of it.
  public String name() {
    return NetUtil.toSocketAddressString(address);
  }
}
