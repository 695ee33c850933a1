package dev.lintel.ingress;

/// Something that the configuration names is not there, so that starting makes no sense.
public final class StartRefused extends Exception {
  private static final long serialVersionUID = 1;

  StartRefused(String message) {
    super(message);
  }
}
