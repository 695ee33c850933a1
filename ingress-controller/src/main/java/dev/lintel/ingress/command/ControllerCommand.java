package dev.lintel.ingress.command;

import dev.lintel.ingress.command.Flag.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// `lintel controller`: serves what a cluster's API server says. Its options are the table of
/// `ControllerFlags`.
final class ControllerCommand implements Callable<Integer> {
  private @Nullable CommandSpec spec;

  private ControllerCommand() {}

  /// The command with an option for each flag.
  static CommandSpec spec() {
    ControllerCommand command = new ControllerCommand();
    CommandSpec spec = CommandSpec.wrapWithoutInspection(command);
    command.spec = spec;
    spec.name("controller");
    spec.usageMessage()
        .description(
            "Serve the Ingresses of a cluster. Flags have the names that ingress-nginx gave them.");
    for (Flag flag : ControllerFlags.ALL) {
      spec.addOption(option(flag));
    }
    return spec;
  }

  private static OptionSpec option(Flag flag) {
    List<String> names = new ArrayList<>();
    if (flag.equals(ControllerFlags.VERBOSITY)) {
      names.add("-v");
    }
    names.add(flag.name());
    String preset = flag.preset().isEmpty() ? "" : " Preset: " + flag.preset() + ".";
    OptionSpec.Builder option =
        OptionSpec.builder(names.toArray(String[]::new))
            .type(String.class)
            .paramLabel("<" + flag.kind().label() + ">")
            .description(flag.text().replace("%", "%%") + preset);
    if (flag.kind() == Kind.TRUTH) {
      option.arity("0..1").fallbackValue("true");
    }
    return option.build();
  }

  @Override
  public Integer call() throws Exception {
    CommandSpec own = java.util.Objects.requireNonNull(spec);
    FlagValues values = values(own.commandLine().getParseResult());
    if (values.truth(ControllerFlags.VERSION)) {
      own.commandLine().getOut().println(VersionCommand.line());
      return ExitCode.OK;
    }
    return Serving.cluster(values, own.commandLine().getErr());
  }

  /// What was given on the command line, by flag name.
  static FlagValues values(ParseResult parsed) {
    Map<String, String> given = new LinkedHashMap<>();
    for (OptionSpec option : parsed.matchedOptions()) {
      if (option.getValue() instanceof String value) {
        given.put(option.longestName(), value);
      }
    }
    return new FlagValues(given);
  }
}
