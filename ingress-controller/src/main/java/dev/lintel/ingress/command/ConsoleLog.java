package dev.lintel.ingress.command;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// The log of the process: one line a record on stderr, `time level logger: message`.
final class ConsoleLog {
  private static final int DEBUGGING = 3;
  private static final String OWN_PREFIX = "dev.lintel.";

  private ConsoleLog() {}

  /// Replaces whatever handlers there are. Other people's libraries speak from WARNING on.
  ///
  /// @param verbosity as `-v`: from 3 on, debugging lines are shown too
  static void configure(int verbosity) {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    ConsoleHandler handler = new ConsoleHandler();
    handler.setLevel(Level.ALL);
    handler.setFormatter(new Line());
    root.addHandler(handler);
    root.setLevel(Level.WARNING);
    OWN.setLevel(verbosity >= DEBUGGING ? Level.FINE : Level.INFO);
  }

  /// Kept here because a logger that nobody refers to may be collected with its level.
  private static final Logger OWN = Logger.getLogger("dev.lintel");

  private static final class Line extends Formatter {
    @Override
    public String format(LogRecord record) {
      StringBuilder line = new StringBuilder(160);
      line.append(Instant.ofEpochMilli(record.getMillis()).truncatedTo(ChronoUnit.MILLIS))
          .append(' ')
          .append(level(record.getLevel()))
          .append(' ')
          .append(name(record.getLoggerName()))
          .append(": ")
          .append(formatMessage(record).replace('\n', ' '))
          .append('\n');
      if (record.getThrown() != null) {
        StringWriter trace = new StringWriter();
        printTrace(record.getThrown(), new PrintWriter(trace, true));
        line.append(trace);
      }
      return line.toString();
    }

    private static void printTrace(Throwable thrown, PrintWriter to) {
      thrown.printStackTrace(to);
    }

    private static String level(Level level) {
      if (level.intValue() >= Level.SEVERE.intValue()) {
        return "ERROR";
      }
      if (level.intValue() >= Level.WARNING.intValue()) {
        return "WARN ";
      }
      return level.intValue() >= Level.INFO.intValue() ? "INFO " : "DEBUG";
    }

    private static String name(@org.jspecify.annotations.Nullable String logger) {
      if (logger == null) {
        return "-";
      }
      return logger.startsWith(OWN_PREFIX) ? logger.substring(OWN_PREFIX.length()) : logger;
    }
  }
}
