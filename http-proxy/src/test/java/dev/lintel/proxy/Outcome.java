package dev.lintel.proxy;

/// What a client got for one request.
///
/// @param status 0 where there was no answer
/// @param whole whether the answer came to the end that it announced
record Outcome(int status, String text, boolean whole) {
  static final Outcome NONE = new Outcome(0, "", false);

  boolean isGood() {
    return status == 200 && whole;
  }

  /// Pages are long and all the same.
  @Override
  public String toString() {
    return status + (whole ? "" : ", cut off") + (status < 300 ? " " + text : "");
  }
}
