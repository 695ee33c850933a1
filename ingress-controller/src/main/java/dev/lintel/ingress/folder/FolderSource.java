package dev.lintel.ingress.folder;

import dev.lintel.ingress.folder.FolderTree.Stamp;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import dev.lintel.ingress.snapshot.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fills the store from a folder of manifests and follows its edits, on a thread of its own.
///
/// A file that was renamed into place is read at once. One that is written in place is read when
/// its size and time have not changed for a moment. One that cannot be read, or not wholly, keeps
/// the objects it had; only its removal removes them.
public final class FolderSource implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FolderSource.class);

  /// How often the folder is looked through without any notice.
  private static final long RESCAN_MILLIS = 500;

  /// How long the start waits for files that are being written.
  private static final long PATIENCE_MILLIS = 1_000;

  private final Path folder;
  private final FolderWatch watch;
  private final FolderContents contents;

  /// What of each file has been read.
  private final Map<String, Stamp> read = new HashMap<>();

  private final Settling settling = new Settling();
  private final TreeMap<String, Problem> unreadable = new TreeMap<>();
  private List<Problem> told = List.of();
  private final Thread thread;

  private record Text(String name, Stamp stamp, @Nullable ManifestFile file) {}

  private FolderSource(Path folder, ObjectStore store) {
    this.folder = folder;
    this.watch = new FolderWatch(folder);
    this.contents = new FolderContents(store);
    this.thread = Thread.ofPlatform().name("lintel-folder").daemon().unstarted(this::follow);
  }

  /// Reads the folder, tells the store that it is synced, and goes on watching until closed.
  ///
  /// @throws IOException where the folder is not there or is none; the message names it
  public static FolderSource start(Path folder, ObjectStore store) throws IOException {
    if (!Files.exists(folder)) {
      throw new NoSuchFileException(folder.toString(), null, "there is no such folder");
    }
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder.toString());
    }
    FolderSource source = new FolderSource(folder, store);
    source.readFirst();
    store.synced();
    source.thread.start();
    return source;
  }

  /// Stops watching; what the store holds stays.
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void readFirst() {
    long begin = System.nanoTime();
    look(Set.of());
    try {
      while (!settling.isOver()
          && System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS)) {
        look(watch.await(Settling.MILLIS / 4));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() {
    try (watch) {
      while (!Thread.currentThread().isInterrupted()) {
        Set<Path> whole = watch.await(settling.isOver() ? RESCAN_MILLIS : Settling.MILLIS / 4);
        try {
          look(whole);
        } catch (RuntimeException e) {
          LOG.error("looking through the folder {} failed; what it held stays", folder, e);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Brings the store up to what the folder says now, as one change.
  private void look(Set<Path> whole) {
    FolderTree tree = FolderTree.look(folder, watch);
    Set<String> wholeNames = new HashSet<>();
    whole.forEach(path -> wholeNames.add(folder.relativize(path).toString().replace('\\', '/')));

    boolean changed = removeGone(tree);
    List<Map.Entry<String, Stamp>> due = new ArrayList<>();
    for (Map.Entry<String, Stamp> file : tree.files().entrySet()) {
      if (file.getValue().equals(read.get(file.getKey()))) {
        settling.forget(file.getKey());
      } else if ((file.getValue().size() > 0 && wholeNames.contains(file.getKey()))
          || settling.hasSettled(file.getKey(), file.getValue())) {
        due.add(file);
      }
    }
    List<Text> texts = due.parallelStream().map(this::open).toList();
    for (Text text : texts) {
      changed |= accept(text);
    }
    List<Problem> problems = new ArrayList<>(tree.problems());
    problems.addAll(unreadable.values());
    if (changed || !problems.equals(told)) {
      contents.tell(problems);
      told = problems;
    }
  }

  /// Forgets the files that are gone for good, or have another name now.
  private boolean removeGone(FolderTree tree) {
    Set<Object> present = new HashSet<>();
    tree.files()
        .values()
        .forEach(stamp -> present.add(Objects.requireNonNullElse(stamp.identity(), "")));
    List<String> gone = new ArrayList<>();
    for (Map.Entry<String, Stamp> file : read.entrySet()) {
      String name = file.getKey();
      Object identity = file.getValue().identity();
      if (tree.isGone(name)
          && ((identity != null && present.contains(identity))
              || settling.hasSettled(name, Settling.GONE))) {
        gone.add(name);
      }
    }
    for (String name : gone) {
      read.remove(name);
      settling.forget(name);
      contents.remove(name);
    }
    unreadable.keySet().removeIf(tree::isGone);
    settling.forgetIf(name -> tree.isGone(name) && !read.containsKey(name));
    return !gone.isEmpty();
  }

  /// Reads and parses one file; called for many files at a time.
  private Text open(Map.Entry<String, Stamp> due) {
    String name = due.getKey();
    Path path = folder.resolve(name);
    try {
      String text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
      Stamp after = Stamp.of(Files.readAttributes(path, BasicFileAttributes.class));
      ManifestFile file =
          after.equals(due.getValue()) ? ManifestReader.read(text, contents.file(name)) : null;
      return new Text(name, due.getValue(), file);
    } catch (IOException e) {
      LOG.debug("{} cannot be read", path, e);
      return new Text(name, due.getValue(), null);
    }
  }

  /// Whether this file says something new.
  private boolean accept(Text text) {
    ManifestFile file = text.file();
    if (file == null) {
      noteUnreadable(text.name());
      return false;
    }
    unreadable.remove(text.name());
    settling.forget(text.name());
    read.put(text.name(), text.stamp());
    contents.put(file);
    return true;
  }

  /// A file that has changed or gone while it was read is looked at again; one that may not be read
  /// is worth a problem.
  private void noteUnreadable(String name) {
    Path path = folder.resolve(name);
    if (Files.exists(path) && !Files.isReadable(path)) {
      unreadable.put(
          name,
          new Problem.InvalidValue(
              new Source("file", name),
              "file",
              "it may not be read",
              "a file that Lintel may read",
              "its last good objects stay",
              Severity.ERROR));
    }
  }
}
