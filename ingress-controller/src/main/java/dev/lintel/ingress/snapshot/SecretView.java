package dev.lintel.ingress.snapshot;

import dev.lintel.tls.KeyMaterial;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A Secret, reduced to what Lintel may use. Printing shows fingerprints, never bytes.
///
/// The pair of `tls.crt` and `tls.key` is parsed once, when the object arrives. If it does not
/// parse, `tls` keeps the last good pair of this Secret (null when there never was one) and
/// `tlsFault` says what is wrong.
///
/// @param data every other key the Secret holds (`auth`, `ca.crt`, user names of an auth map, ...)
/// @param tls the parsed certificate chain and key, or null where the Secret holds none
/// @param tlsFault why the present `tls.crt` and `tls.key` cannot be used, or null
public record SecretView(
    ObjectKey key,
    String type,
    Map<String, Bytes> data,
    @Nullable KeyMaterial tls,
    @Nullable String tlsFault)
    implements ObjectView {
  @Override
  public ObjectKind kind() {
    return ObjectKind.SECRET;
  }

  /// This Secret as the successor of `before`: without a pair of its own that can be used, it keeps
  /// the last one that could.
  SecretView after(@Nullable SecretView before) {
    if (tls != null || before == null || before.tls == null) {
      return this;
    }
    String fault = tlsFault == null ? "it has neither tls.crt nor tls.key any more" : tlsFault;
    return new SecretView(key, type, data, before.tls, fault);
  }

  /// Secret bytes: compared by content, printed as a length only.
  public record Bytes(byte[] value) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
      return "<" + value.length + " bytes>";
    }
  }
}
