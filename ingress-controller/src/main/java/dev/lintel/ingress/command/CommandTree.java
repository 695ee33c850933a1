package dev.lintel.ingress.command;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// The whole command line as the library for it sees it: `lintel` and its subcommands. It explains
/// itself, and knows what to say of a command line that is wrong.
@Command(
    name = "lintel",
    description = "A Kubernetes ingress controller: Ingress manifests in, HTTPS answers out.",
    synopsisSubcommandLabel = "COMMAND")
final class CommandTree {
  private static final Map<String, String> EXIT_CODES =
      Map.of(
          String.valueOf(ExitCode.OK), "done, or ended by a signal after a complete drain",
          String.valueOf(ExitCode.FAILED), "failed, or `check` found errors",
          String.valueOf(ExitCode.USAGE), "the command line cannot be carried out as written",
          String.valueOf(ExitCode.PORT), "a port is in use or may not be opened");

  private static final Map<String, Supplier<Object>> SUBCOMMANDS = new LinkedHashMap<>();

  static {
    SUBCOMMANDS.put("controller", ControllerCommand::spec);
    SUBCOMMANDS.put("serve", ServeCommand::new);
    SUBCOMMANDS.put("demo", DemoCommand::new);
    SUBCOMMANDS.put("check", CheckCommand::new);
    SUBCOMMANDS.put("version", VersionCommand::new);
  }

  private CommandTree() {}

  /// Parses and runs one command line.
  ///
  /// @return the exit code
  static int run(PrintWriter out, PrintWriter err, String... args) {
    return commandLine(args.length == 0 ? "" : args[0]).setOut(out).setErr(err).execute(args);
  }

  /// Only the subcommand that is asked for is put together, since that takes a good part of a
  /// start; all of them where it is none of them.
  private static CommandLine commandLine(String asked) {
    CommandLine lintel = new CommandLine(new CommandTree());
    if (SUBCOMMANDS.containsKey(asked)) {
      lintel.addSubcommand(asked, SUBCOMMANDS.get(asked).get());
    } else {
      SUBCOMMANDS.forEach((name, command) -> lintel.addSubcommand(name, command.get()));
    }
    lintel.setOverwrittenOptionsAllowed(true);
    lintel.setUnmatchedOptionsAllowedAsOptionParameters(false);
    lintel.setParameterExceptionHandler(CommandTree::misused);
    lintel.setExecutionExceptionHandler(CommandTree::failed);
    lintel.setExecutionStrategy(CommandTree::execute);
    describe(lintel.getCommandSpec());
    lintel.getSubcommands().values().forEach(command -> describe(command.getCommandSpec()));
    return lintel;
  }

  private static void describe(CommandSpec spec) {
    if (!spec.optionsMap().containsKey("--help")) {
      spec.addOption(
          CommandLine.Model.OptionSpec.builder("-h", "--help")
              .usageHelp(true)
              .type(boolean.class)
              .arity("0")
              .description("Print this help.")
              .build());
    }
    UsageMessageSpec usage = spec.usageMessage();
    usage.abbreviateSynopsis(true);
    usage.width(110);
    usage.exitCodeListHeading("Exit codes:%n");
    usage.exitCodeList(EXIT_CODES);
  }

  private static int execute(ParseResult parsed) {
    if (!parsed.hasSubcommand() && !parsed.isUsageHelpRequested()) {
      CommandLine lintel = parsed.commandSpec().commandLine();
      lintel.usage(lintel.getErr());
      return ExitCode.USAGE;
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static int misused(ParameterException wrong, String[] args) {
    CommandLine command = wrong.getCommandLine();
    String sentence = wrong.getMessage();
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      sentence = unknown(unmatched.getUnmatched().getFirst(), command);
    }
    String name = command.getCommandSpec().qualifiedName();
    return FailureReport.misuse(name, sentence, command.getErr());
  }

  private static String unknown(String argument, CommandLine command) {
    int end = argument.indexOf('=');
    String name = end < 0 ? argument : argument.substring(0, end);
    boolean isFlag = name.startsWith("-");
    String nearest =
        NearestName.to(
            name,
            isFlag
                ? command.getCommandSpec().optionsMap().keySet()
                : command.getSubcommands().keySet());
    return (isFlag ? "unknown flag " : "unexpected argument ")
        + name
        + (nearest == null ? "" : "; the nearest known one is " + nearest);
  }

  private static int failed(Exception failure, CommandLine command, @Nullable ParseResult parsed) {
    String name = command.getCommandSpec().qualifiedName();
    return FailureReport.failed(name, failure, command.getErr());
  }
}
