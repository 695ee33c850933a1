/// The folder of manifests as a source: standalone mode, the demo, and whoever tests without a
/// cluster.
///
/// `FolderSource` watches a directory tree, `ManifestReader` turns the text of one file into views
/// and problems, document by document, `FolderContents` decides between files that hold the same
/// object and tells the `ObjectStore` what is new. A user edits these files while Lintel serves, so
/// what is half-written or broken changes nothing: a file keeps its last good objects until it can
/// be read again or is removed.
///
/// For the controller there is `FolderSource.start(directory, store)` and `close()`; for a one-time
/// look (`lintel check`, goldens) `ManifestReader.read(name, text)`.
@NullMarked
package dev.lintel.ingress.folder;

import org.jspecify.annotations.NullMarked;
