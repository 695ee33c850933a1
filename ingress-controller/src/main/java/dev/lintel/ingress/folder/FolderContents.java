package dev.lintel.ingress.folder;

import dev.lintel.ingress.folder.ManifestFile.Identity;
import dev.lintel.ingress.folder.ManifestFile.Located;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.snapshot.ObjectStore;
import dev.lintel.ingress.snapshot.ObjectView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// All files of a folder as they were last understood, and what of them the store has been told.
/// Used by one thread.
final class FolderContents {
  private final ObjectStore store;
  private final TreeMap<String, ManifestFile> files = new TreeMap<>();
  private Map<Identity, ObjectView> told = Map.of();

  FolderContents(ObjectStore store) {
    this.store = store;
  }

  /// The file of that name; an unknown one where it was never read.
  ManifestFile file(String name) {
    ManifestFile file = files.get(name);
    return file == null ? ManifestFile.unknown(name) : file;
  }

  void put(ManifestFile file) {
    files.put(file.name(), file);
  }

  void remove(String name) {
    files.remove(name);
  }

  /// Tells the store what differs from the last time, as one change. Where two files hold the same
  /// object, the first by name is used.
  ///
  /// @param unreadable problems of files and folders that could not be opened
  void tell(Collection<Problem> unreadable) {
    List<Problem> problems = new ArrayList<>(unreadable);
    Map<Identity, ObjectView> now = HashMap.newHashMap(told.size());
    Map<Identity, String> places = HashMap.newHashMap(told.size());
    for (ManifestFile file : files.values()) {
      problems.addAll(file.problems());
      for (Map.Entry<Identity, Located> entry : file.objects().entrySet()) {
        Identity id = entry.getKey();
        String place = file.name() + ":" + entry.getValue().line();
        String first = places.putIfAbsent(id, place);
        if (first == null) {
          now.put(id, entry.getValue().view());
        } else {
          problems.add(ManifestReader.conflict(id, place, first));
        }
      }
    }
    Map<Identity, ObjectView> before = told;
    store.change(
        edit -> {
          now.forEach(
              (id, view) -> {
                if (!view.equals(before.get(id))) {
                  edit.put(view);
                }
              });
          for (Identity id : before.keySet()) {
            if (!now.containsKey(id)) {
              edit.remove(id.kind(), id.key());
            }
          }
          edit.problems(problems);
        });
    told = now;
  }
}
