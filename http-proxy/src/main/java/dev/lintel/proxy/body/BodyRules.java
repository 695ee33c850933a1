package dev.lintel.proxy.body;

import org.jspecify.annotations.Nullable;

/// What one route asks for of the bodies that pass. Immutable, shared by all loops.
///
/// @param compression which responses are compressed; null for none
/// @param bytesPerSecond of a response's body that go to its client; 0 for no limit
/// @param freeBytes what goes before that limit holds
/// @param heldBytes of a response that are kept in memory for a client that does not take them,
///   beyond which its upstream is not read; 0 for what every response has
/// @param requestMemory bytes of a request's body that are kept in memory where it is read whole
///   before its upstream is asked; what is longer goes into a file. Negative where it is not
public record BodyRules(
    @Nullable Compression compression,
    long bytesPerSecond,
    long freeBytes,
    int heldBytes,
    int requestMemory) {
  private static final int STREAMED = -1;

  /// Nothing; a route without any has null instead.
  public static final BodyRules NONE = new BodyRules(null, 0, 0, 0, STREAMED);

  /// What counts for answers that are made here: they are short, and nobody waits for them.
  public BodyRules ofOwnAnswers() {
    return bytesPerSecond == 0 && heldBytes == 0
        ? this
        : new BodyRules(compression, 0, 0, 0, STREAMED);
  }

  /// The same with this rule for compressing responses.
  public BodyRules withCompression(Compression other) {
    return new BodyRules(other, bytesPerSecond, freeBytes, heldBytes, requestMemory);
  }

  /// The same with responses slowed down to so many bytes a second, once so many have gone.
  public BodyRules withRate(long perSecond, long free) {
    return new BodyRules(compression, perSecond, free, heldBytes, requestMemory);
  }

  /// The same with so many bytes of a response kept for slow clients.
  public BodyRules withHeldBytes(int most) {
    return new BodyRules(compression, bytesPerSecond, freeBytes, most, requestMemory);
  }

  /// The same with bodies of requests read whole, so much of each in memory.
  public BodyRules withWholeRequests(int memory) {
    return new BodyRules(compression, bytesPerSecond, freeBytes, heldBytes, memory);
  }

  /// Whether bodies of requests are read whole.
  public boolean hasWholeRequests() {
    return requestMemory >= 0;
  }
}
