package dev.lintel.ingress.folder;

import java.util.ArrayList;
import java.util.List;

/// The text of one document of a file.
///
/// Files are cut before they are parsed: a line that begins with `---` ends a document wherever it
/// stands, so one document's syntax error cannot hide the others.
///
/// @param line the number of its first line in the file, from 0
record DocumentText(int line, String text) {
  /// Cuts a file; documents without content are left out.
  static List<DocumentText> split(String file) {
    List<DocumentText> documents = new ArrayList<>();
    int begin = 0;
    int beginLine = 0;
    int line = 0;
    boolean content = false;
    for (int at = 0; at < file.length(); ) {
      int newline = file.indexOf('\n', at);
      int next = newline < 0 ? file.length() : newline + 1;
      if (isMarker(file, at, next)) {
        if (content) {
          documents.add(new DocumentText(beginLine, file.substring(begin, at)));
        }
        begin = at + 3; // what stands behind the marker belongs to the document
        beginLine = line;
        content = hasContent(file, begin, next);
      } else if (!content && hasContent(file, at, next)) {
        content = true;
      }
      at = next;
      line++;
    }
    if (content) {
      documents.add(new DocumentText(beginLine, file.substring(begin)));
    }
    return documents;
  }

  private static boolean isMarker(String file, int at, int end) {
    return file.startsWith("---", at) && (at + 3 >= end || file.charAt(at + 3) <= ' ');
  }

  /// Comments, directives and the mark of a document's end are no content.
  private static boolean hasContent(String file, int at, int end) {
    int i = at;
    while (i < end && file.charAt(i) <= ' ') {
      i++;
    }
    return i < end
        && file.charAt(i) != '#'
        && !(i == at && (file.charAt(i) == '%' || file.startsWith("...", at)))
        && file.charAt(i) != '\uFEFF';
  }
}
