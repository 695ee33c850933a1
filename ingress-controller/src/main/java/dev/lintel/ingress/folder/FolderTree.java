package dev.lintel.ingress.folder;

import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.problem.Problem.Severity;
import dev.lintel.ingress.problem.Problem.Source;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One look at the manifest files of a folder and its sub-folders. Hidden names are left out, and
/// so is what is not named `.yaml`, `.yml` or `.json`; symbolic links are followed.
final class FolderTree {
  private static final int DEEPEST = 16;

  private final Path folder;
  private final FolderWatch watch;
  private final TreeMap<String, Stamp> files = new TreeMap<>();
  private final List<String> unreadable = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  /// What tells two states of a file apart.
  ///
  /// @param identity the file itself, whatever its name: a rename brings another one
  record Stamp(long size, long modifiedNanos, @Nullable Object identity) {
    static Stamp of(BasicFileAttributes attributes) {
      return new Stamp(
          attributes.size(),
          attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS),
          attributes.fileKey());
    }
  }

  private FolderTree(Path folder, FolderWatch watch) {
    this.folder = folder;
    this.watch = watch;
  }

  static FolderTree look(Path folder, FolderWatch watch) {
    FolderTree tree = new FolderTree(folder, watch);
    tree.enter(folder, 0);
    return tree;
  }

  /// The files by their path below the folder.
  SortedMap<String, Stamp> files() {
    return files;
  }

  /// Folders that could not be listed.
  List<Problem> problems() {
    return problems;
  }

  /// Whether the file is known to be gone, rather than out of sight in a folder that cannot be
  /// listed.
  boolean isGone(String name) {
    return !files.containsKey(name) && unreadable.stream().noneMatch(name::startsWith);
  }

  private void enter(Path directory, int depth) {
    watch.watch(directory);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (!name.startsWith(".")) {
          look(entry, name, depth);
        }
      }
    } catch (NoSuchFileException e) {
      if (depth == 0) {
        outOfSight(directory, "it does not exist");
      }
    } catch (IOException | DirectoryIteratorException e) {
      outOfSight(directory, "it cannot be listed: " + e.getMessage());
    }
  }

  private void look(Path entry, String name, int depth) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(entry, BasicFileAttributes.class);
    } catch (NoSuchFileException _) {
      return; // gone since the listing, or a link that leads nowhere
    }
    if (attributes.isDirectory()) {
      if (depth < DEEPEST) {
        enter(entry, depth + 1);
      }
    } else if (attributes.isRegularFile() && isManifest(name)) {
      files.put(nameOf(entry), Stamp.of(attributes));
    }
  }

  private void outOfSight(Path directory, String found) {
    String name = nameOf(directory);
    unreadable.add(name.isEmpty() ? "" : name + "/");
    problems.add(
        new Problem.InvalidValue(
            new Source("file", name.isEmpty() ? directory.toString() : name),
            "folder",
            found,
            "a folder of manifests",
            "its last good objects stay",
            Severity.ERROR));
  }

  private String nameOf(Path path) {
    return folder.relativize(path).toString().replace('\\', '/');
  }

  private static boolean isManifest(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".yaml") || lower.endsWith(".yml") || lower.endsWith(".json");
  }
}
