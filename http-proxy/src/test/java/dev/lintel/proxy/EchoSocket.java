package dev.lintel.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A WebSocket over TLS to a [BackendProcess], with a message there and back each second. When it
/// is lost, another one is opened.
final class EchoSocket implements AutoCloseable {
  private static final int EVERY_MILLIS = 1_000;
  private static final String ASK =
      "GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

  private final TestProxy proxy;
  private final Queue<Integer> cut = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean over;

  /// Begins.
  ///
  /// @param number of those that shall not all speak at once
  EchoSocket(TestProxy proxy, int number) {
    this.proxy = proxy;
    this.thread = Thread.ofVirtual().start(() -> run(number));
  }

  /// The backends with which one was lost.
  List<Integer> cut() {
    return List.copyOf(cut);
  }

  private void run(int number) {
    try {
      Thread.sleep(number * 37L % EVERY_MILLIS);
      while (!over) {
        session();
        Thread.sleep(over ? 0 : EVERY_MILLIS / 4);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void session() throws InterruptedException {
    int backend = -1;
    try (TestClient client = new TestClient(TlsIT.connect(proxy, "a.test", "http/1.1"))) {
      client.send(ASK);
      TestClient.Response agreed = client.read();
      if (agreed.status() != 101) {
        return;
      }
      backend = Integer.parseInt(agreed.field("x-backend"));
      for (int i = 0; !over; i++) {
        byte[] message = ByteBuffer.allocate(Integer.BYTES).putInt(i).array();
        client.send(frame(message));
        if (!Arrays.equals(client.raw(2 + message.length), BackendProcess.message(message))) {
          throw new IOException("not what was sent");
        }
        Thread.sleep(EVERY_MILLIS);
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception _) {
      if (backend >= 0) {
        cut.add(backend);
      }
    }
  }

  /// As a client must send it, with a mask that changes nothing.
  private static byte[] frame(byte[] message) {
    return ByteBuffer.allocate(6 + message.length)
        .put((byte) 0x82)
        .put((byte) (0x80 | message.length))
        .putInt(0)
        .put(message)
        .array();
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    thread.join();
  }
}
