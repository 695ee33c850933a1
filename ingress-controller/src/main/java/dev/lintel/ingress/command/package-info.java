/// The `lintel` command line: one class per subcommand, and the controller's flags as one table.
///
/// Subcommands turn their arguments into a `ControllerConfig` and hand over to `ingress`; nothing
/// here knows how a plan is made or served. Exit codes are those of `ExitCode`.
@NullMarked
package dev.lintel.ingress.command;

import org.jspecify.annotations.NullMarked;
