package dev.lintel.proxy.route;

/// A text that may be looked at so many times: what a backtracking engine does is bounded by it.
final class CountedText extends ByteText {
  private int left;

  CountedText(byte[] bytes, int offset, int length, int looks) {
    super(bytes, offset, length);
    this.left = looks;
  }

  @Override
  public char charAt(int index) {
    if (--left < 0) {
      throw RegexTooCostly.INSTANCE;
    }
    return super.charAt(index);
  }
}
