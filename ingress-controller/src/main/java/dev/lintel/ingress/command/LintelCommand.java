package dev.lintel.ingress.command;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs command lines of `lintel`.
///
/// An ordinary `controller` or `serve` is read here and carried out at once: what the library for
/// command lines would do for them is a third of a start, and none of its classes can be kept in an
/// AOT cache. Every other command line goes to the library: help, the other subcommands, whatever
/// is not understood here, and so nearly all that is wrong.
public final class LintelCommand {
  private LintelCommand() {}

  /// Runs one command line on the process's own streams.
  ///
  /// @return the exit code
  public static int run(String... args) {
    return run(
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        args);
  }

  /// Runs one command line; what it prints goes to `out` and `err`, except for the access log.
  ///
  /// @return the exit code
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    String asked = args.length == 0 ? "" : args[0];
    try {
      Integer code =
          switch (asked) {
            case "controller" -> controller(arguments(args), err);
            case "serve" -> serve(arguments(args), out, err);
            default -> null;
          };
      return code == null ? CommandTree.run(out, err, args) : code;
    } catch (Exception failure) {
      return FailureReport.failed("lintel " + asked, failure, err);
    }
  }

  private static List<String> arguments(String... args) {
    return Arrays.asList(args).subList(1, args.length);
  }

  /// @return the exit code; null where the command line is not an ordinary one
  private static @Nullable Integer controller(List<String> args, PrintWriter err) throws Exception {
    PlainArguments plain = PlainArguments.read(ControllerFlags.ALL, args);
    if (plain == null || !plain.operands().isEmpty()) {
      return null;
    }
    FlagValues values = new FlagValues(plain.values());
    return values.truth(ControllerFlags.VERSION) ? null : Serving.cluster(values, err);
  }

  /// @return the exit code; null where the command line is not an ordinary one
  private static @Nullable Integer serve(List<String> args, PrintWriter out, PrintWriter err)
      throws Exception {
    PlainArguments plain = PlainArguments.read(ListenOptions.FLAGS, args);
    if (plain == null || plain.operands().size() != 1) {
      return null;
    }
    ListenOptions options = ListenOptions.of(plain.values());
    return options == null ? null : Serving.folder(options, plain.operands().get(0), out, err);
  }
}
