package dev.lintel.ingress.folder;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The operating system's notices about the directories of a folder. Without them (a file system
/// that has none, no watches left) every wait simply lasts its full time. Used by one thread.
final class FolderWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);

  /// How long the notices of one action may trickle in.
  private static final long GATHERING_MILLIS = 5;

  private final @Nullable WatchService service;
  private final Map<Path, WatchKey> keys = new HashMap<>();

  FolderWatch(Path folder) {
    WatchService opened = null;
    try {
      opened = folder.getFileSystem().newWatchService();
    } catch (IOException | UnsupportedOperationException e) {
      LOG.warn("no notices for the folder {}: it is looked through periodically ({})", folder, e);
    }
    service = opened;
  }

  /// Asks for notices about a directory; harmless where it is watched already. To be called before
  /// the directory is listed, so that nothing falls between.
  void watch(Path directory) {
    if (service == null || keys.containsKey(directory)) {
      return;
    }
    try {
      keys.put(directory, directory.register(service, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE));
    } catch (IOException e) {
      LOG.debug("no notices for {}", directory, e);
    }
  }

  /// Waits for notices.
  ///
  /// @return the files that came in one piece: they have appeared with a name, as a rename makes
  ///   them appear, and nothing has been written to them since. What is created and then written
  ///   gets a second notice right after the first.
  Set<Path> await(long millis) throws InterruptedException {
    Set<Path> whole = new HashSet<>();
    if (service == null) {
      TimeUnit.MILLISECONDS.sleep(millis);
      return whole;
    }
    WatchKey key = service.poll(millis, TimeUnit.MILLISECONDS);
    while (key != null) {
      take(key, whole);
      key = service.poll(GATHERING_MILLIS, TimeUnit.MILLISECONDS);
    }
    return whole;
  }

  private void take(WatchKey key, Set<Path> whole) {
    Path directory = (Path) key.watchable();
    for (WatchEvent<?> event : key.pollEvents()) {
      if (event.context() instanceof Path name) {
        Path path = directory.resolve(name);
        if (event.kind().equals(ENTRY_CREATE)) {
          whole.add(path);
        } else {
          whole.remove(path);
        }
      }
    }
    if (!key.reset()) {
      keys.remove(directory);
    }
  }

  @Override
  public void close() {
    if (service != null) {
      try {
        service.close();
      } catch (IOException e) {
        LOG.debug("closing the watch of a folder", e);
      }
    }
  }
}
