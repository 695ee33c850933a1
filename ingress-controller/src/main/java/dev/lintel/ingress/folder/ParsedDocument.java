package dev.lintel.ingress.folder;

import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.ObjectView;
import java.util.List;
import java.util.function.Function;

/// What one document says.
///
/// @param objects more than one where it is a List, none where Lintel has no use for it
/// @param faults what is wrong with it
/// @param whole whether nothing is missing from `objects` because of a fault
record ParsedDocument(List<ObjectView> objects, List<Fault> faults, boolean whole) {

  /// Something wrong, at a line counted from the document's first.
  record Fault(int line, Function<Source, Problem> problem) {
    Problem at(String file, int firstLine) {
      return problem.apply(new Source("file", file + ":" + (firstLine + line + 1)));
    }
  }
}
