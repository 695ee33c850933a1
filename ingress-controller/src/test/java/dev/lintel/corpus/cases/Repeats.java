package dev.lintel.corpus.cases;

/// The abbreviation `{{REP:n:s}}`, which stands for n times s. The inner ones come first.
final class Repeats {
  private static final String OPEN = "{{REP:";
  private static final String CLOSE = "}}";
  private static final int LONGEST = 64 * 1024 * 1024;

  private Repeats() {}

  static String writeOut(String text) {
    String result = text;
    int open;
    while ((open = result.lastIndexOf(OPEN)) >= 0) {
      int colon = result.indexOf(':', open + OPEN.length());
      int close = result.indexOf(CLOSE, colon);
      if (colon < 0 || close < 0) {
        throw new IllegalArgumentException("a repeat without its end");
      }
      int times = Integer.parseInt(result.substring(open + OPEN.length(), colon));
      String what = result.substring(colon + 1, close);
      if ((long) times * what.length() > LONGEST) {
        throw new IllegalArgumentException("a repeat of more than " + LONGEST + " bytes");
      }
      result =
          result.substring(0, open) + what.repeat(times) + result.substring(close + CLOSE.length());
    }
    return result;
  }
}
