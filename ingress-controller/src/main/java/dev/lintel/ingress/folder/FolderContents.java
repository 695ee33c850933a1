package dev.lintel.ingress.folder;

import dev.lintel.ingress.folder.ManifestFile.Identity;
import dev.lintel.ingress.folder.ManifestFile.Located;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.snapshot.ObjectStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// All files of a folder as they were last understood. Where several files hold the same object,
/// the first by name is used. Used by one thread.
final class FolderContents {
  private final ObjectStore store;
  private final TreeMap<String, ManifestFile> files = new TreeMap<>();

  /// The file that each object is taken from.
  private final Map<Identity, String> sources = new HashMap<>();

  /// The files that hold an object which more than one holds.
  private final Map<Identity, TreeSet<String>> contested = new HashMap<>();

  /// Objects whose text or file is another since the store was told.
  private final Set<Identity> changed = new HashSet<>();

  FolderContents(ObjectStore store) {
    this.store = store;
  }

  /// The file of that name; an unknown one where it was never read.
  ManifestFile file(String name) {
    ManifestFile file = files.get(name);
    return file == null ? ManifestFile.unknown(name) : file;
  }

  void put(ManifestFile file) {
    replace(file(file.name()), file);
    files.put(file.name(), file);
  }

  void remove(String name) {
    replace(file(name), ManifestFile.unknown(name));
    files.remove(name);
  }

  @SuppressWarnings("ReferenceEquality") // a document that did not change has its very objects
  private void replace(ManifestFile before, ManifestFile now) {
    for (Map.Entry<Identity, Located> entry : now.objects().entrySet()) {
      Identity id = entry.getKey();
      Located old = before.objects().get(id);
      if (old == null) {
        addSource(id, now.name());
      }
      if (old == null || old.view() != entry.getValue().view()) {
        changed.add(id);
      }
    }
    for (Identity id : before.objects().keySet()) {
      if (!now.objects().containsKey(id)) {
        removeSource(id, now.name());
        changed.add(id);
      }
    }
  }

  private void addSource(Identity id, String file) {
    String other = sources.putIfAbsent(id, file);
    if (other != null) {
      TreeSet<String> holders = contested.computeIfAbsent(id, _ -> new TreeSet<>(Set.of(other)));
      holders.add(file);
      sources.put(id, holders.first());
    }
  }

  private void removeSource(Identity id, String file) {
    TreeSet<String> holders = contested.get(id);
    if (holders == null) {
      sources.remove(id);
      return;
    }
    holders.remove(file);
    sources.put(id, holders.first());
    if (holders.size() == 1) {
      contested.remove(id);
    }
  }

  /// Tells the store what differs from the last time, as one change.
  ///
  /// @param unreadable problems of files and folders that could not be opened
  void tell(Collection<Problem> unreadable) {
    List<Problem> problems = new ArrayList<>(unreadable);
    for (ManifestFile file : files.values()) {
      problems.addAll(file.problems());
      if (!contested.isEmpty()) {
        addConflicts(file, problems);
      }
    }
    store.change(
        edit -> {
          for (Identity id : changed) {
            Located object = object(id, sources.get(id));
            if (object == null) {
              edit.remove(id.kind(), id.key());
            } else {
              edit.put(object.view());
            }
          }
          edit.problems(problems);
        });
    changed.clear();
  }

  private void addConflicts(ManifestFile file, List<Problem> problems) {
    file.objects()
        .forEach(
            (id, located) -> {
              String first = sources.get(id);
              Located winner = object(id, first);
              if (winner != null && !file.name().equals(first)) {
                String place = file.name() + ":" + located.line();
                problems.add(ManifestReader.conflict(id, place, first + ":" + winner.line()));
              }
            });
  }

  private @Nullable Located object(Identity id, @Nullable String file) {
    return file == null ? null : file(file).objects().get(id);
  }
}
