package dev.lintel.ingress.command;

import dev.lintel.ingress.FolderCheck;
import dev.lintel.ingress.problem.Problem;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `lintel check DIR`: prints the plan that a folder of manifests leads to, and what is wrong.
@Command(
    name = "check",
    description =
        "Print what a folder of manifests would do, and every problem in it. Exit code 1 where a"
            + " problem closes or drops something.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CheckCommand implements Callable<Integer> {
  /// How the result is printed.
  enum Output {
    text,
    json
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The folder; every .yaml, .yml and .json in it.")
  private Path directory;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "<form>",
      description = "${COMPLETION-CANDIDATES}: the plan and sentences, or the problems as data.")
  private Output output = Output.text;

  @Override
  public Integer call() throws Exception {
    ConsoleLog.configure(0);
    if (!Files.isDirectory(directory)) {
      throw new CommandFailed(directory + " is not a folder that can be read");
    }
    FolderCheck check = FolderCheck.of(new ListenOptions().config(directory));
    PrintWriter out = spec.commandLine().getOut();
    switch (output) {
      case text -> printText(check, out);
      case json -> out.println(json(check));
    }
    out.flush();
    return check.hasErrors() ? ExitCode.FAILED : ExitCode.OK;
  }

  private static void printText(FolderCheck check, PrintWriter out) {
    out.print(check.plan());
    for (Problem problem : check.problems()) {
      out.println(problem.severity().name().toLowerCase(Locale.ROOT) + ": " + problem.sentence());
    }
    out.println(check.problems().size() + " problems");
  }

  private static String json(FolderCheck check) {
    List<String> problems = new ArrayList<>();
    for (Problem problem : check.problems()) {
      problems.add(
          "\n  {"
              + String.join(
                  ", ",
                  field("severity", problem.severity().name().toLowerCase(Locale.ROOT)),
                  field("kind", problem.source().kind()),
                  field("name", problem.source().name()),
                  field("subject", problem.subject()),
                  field("found", problem.found()),
                  field("expected", problem.expected()),
                  field("effect", problem.effect()))
              + "}");
    }
    return "{\"problems\": [" + String.join(",", problems) + "]}";
  }

  private static String field(String name, String value) {
    StringBuilder text = new StringBuilder(value.length() + 16);
    text.append('"').append(name).append("\": \"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ') {
        text.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        text.append(c);
      }
    }
    return text.append('"').toString();
  }
}
