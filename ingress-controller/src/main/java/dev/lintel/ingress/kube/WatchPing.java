package dev.lintel.ingress.kube;

import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The listener of one watch connection that also asks whether the other side is still there: after
/// a period without any answer the connection is aborted and the watcher told, once.
final class WatchPing implements WebSocket.Listener {
  private final WebSocket.Listener watcher;
  private final ScheduledExecutorService timer;
  private final long periodMillis;
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile boolean awaitsAnswer;
  private volatile @Nullable ScheduledFuture<?> ticks;

  WatchPing(WebSocket.Listener watcher, ScheduledExecutorService timer, long periodMillis) {
    this.watcher = watcher;
    this.timer = timer;
    this.periodMillis = periodMillis;
  }

  @Override
  public void onOpen(WebSocket socket) {
    watcher.onOpen(socket);
    ticks =
        timer.scheduleWithFixedDelay(
            () -> tick(socket), periodMillis, periodMillis, TimeUnit.MILLISECONDS);
  }

  private void tick(WebSocket socket) {
    if (over.get() || (socket.isInputClosed() && socket.isOutputClosed())) {
      stop();
    } else if (awaitsAnswer) {
      stop();
      socket.abort();
      onError(socket, new IOException("the API server has not answered a ping"));
    } else {
      awaitsAnswer = true;
      socket.sendPing(ByteBuffer.allocate(0)).exceptionally(_ -> socket);
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
    awaitsAnswer = false;
    return watcher.onText(socket, data, last);
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
    awaitsAnswer = false;
    return watcher.onBinary(socket, data, last);
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
    return watcher.onPing(socket, message);
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
    awaitsAnswer = false;
    return watcher.onPong(socket, message);
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
    stop();
    return over.compareAndSet(false, true) ? watcher.onClose(socket, status, reason) : null;
  }

  @Override
  public void onError(WebSocket socket, Throwable error) {
    stop();
    if (over.compareAndSet(false, true)) {
      watcher.onError(socket, error);
    }
  }

  private void stop() {
    ScheduledFuture<?> running = ticks;
    if (running != null) {
      running.cancel(false);
    }
  }
}
