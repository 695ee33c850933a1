package dev.lintel.ingress.feature;

import dev.lintel.ingress.feature.Setting.Risk;
import java.util.List;
import java.util.regex.Pattern;

/// What upstreams are told that speak FastCGI. Routes that say different things share no
/// connection, so the compiler reads it.
public final class FastCgiRules {
  /// The file behind a directory.
  public static final Setting<String> INDEX =
      Setting.text("fastcgi-index", Pattern.compile("[-._A-Za-z0-9/]+"), 255, "file name")
          .risk(Risk.MEDIUM)
          .text(
              "The file that is meant by a path that ends with `/`, e.g. `index.php`: it is put"
                  + " behind it in `SCRIPT_NAME`.");

  /// Further parameters.
  public static final Setting<Reference> PARAMS =
      Setting.reference("fastcgi-params-configmap", "ConfigMap")
          .guard()
          .risk(Risk.MEDIUM)
          .text(
              "The ConfigMap with further parameters, by name, which take the place of the usual"
                  + " ones; `SCRIPT_FILENAME` is one that most applications need. Values may name"
                  + " nginx's variables, such as `$document_root` and `$fastcgi_script_name`. One"
                  + " that is missing or cannot be read closes the routes.");

  /// Whether connections are kept.
  public static final Setting<Boolean> KEEP_CONNECTIONS =
      Setting.bool("fastcgi-keep-connections")
          .lintel()
          .defaultsTo(false)
          .text(
              "Sends one request after another on a connection. A server such as php-fpm has a"
                  + " process for each connection, busy or not.");

  /// All of them.
  public static final List<Setting<?>> ALL = List.of(INDEX, PARAMS, KEEP_CONNECTIONS);

  private FastCgiRules() {}
}
