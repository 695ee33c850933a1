package dev.lintel.ingress.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.ingress.LeakCheck;
import dev.lintel.ingress.problem.Problem;
import dev.lintel.ingress.snapshot.KubernetesSnapshot;
import dev.lintel.ingress.snapshot.ObjectKey;
import dev.lintel.ingress.snapshot.ObjectStore;
import dev.lintel.ingress.snapshot.Pems;
import dev.lintel.ingress.snapshot.StoreUpdate;
import dev.lintel.tls.KeyMaterial;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The folder source on a real directory.
@ExtendWith(LeakCheck.class)
class FolderSourceIT {
  @TempDir Path folder;
  @TempDir Path elsewhere;

  private final Semaphore wakes = new Semaphore(0);
  private final ObjectStore store = new ObjectStore(wakes::release);

  /// Every state the loop would have seen, in order.
  private final List<KubernetesSnapshot> states = new ArrayList<>();

  private List<Problem> problems = List.of();
  private FolderSource source;

  @AfterEach
  void stop() {
    if (source != null) {
      source.close();
    }
  }

  @Test
  void theFolderIsReadBeforeTheStartReturns() throws IOException {
    write("b/deep.yaml", maps("deep"));
    write("a.yml", maps("one", "two"));
    write(
        "c.json",
        "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"json\"}}");
    write("notes.txt", maps("not"));
    write(".hidden.yaml", maps("not"));

    start();

    assertThat(store.isSynced()).isTrue();
    assertThat(names()).containsExactly("deep", "json", "one", "two");
  }

  @Test
  void aFolderThatIsNoneIsRefused() throws IOException {
    assertThatThrownBy(() -> FolderSource.start(folder.resolve("none"), store))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("none");
    Path file = write("file.yaml", maps("a"));
    assertThatThrownBy(() -> FolderSource.start(file, store))
        .isInstanceOf(NotDirectoryException.class);
  }

  @Test
  void anEditInPlaceIsLiveWithinASecond() throws Exception {
    write("a.yaml", map("a", "1"));
    start();

    write("a.yaml", map("a", "2"));

    await(state -> "2".equals(value(state, "a")), 1_000);
  }

  @Test
  void aRenameIsReadAtOnceHoweverYoungTheFileIs() throws Exception {
    write("a.yaml", map("a", "0"));
    start();
    List<Long> tookMillis = new ArrayList<>();

    for (int i = 1; i <= 20; i++) {
      String value = Integer.toString(i);
      Path fresh = write(folder.resolve(".a.tmp"), map("a", value));
      long begin = System.nanoTime();
      Files.move(fresh, folder.resolve("a.yaml"), StandardCopyOption.ATOMIC_MOVE);
      await(state -> value.equals(value(state, "a")), 1_000);
      tookMillis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    }

    tookMillis.sort(null);
    assertThat(tookMillis.get(10)).as("median of %s ms", tookMillis).isLessThan(Settling.MILLIS);
  }

  @Test
  void aFileThatIsBeingWrittenKeepsItsLastGoodObjects() throws Exception {
    write("a.yaml", maps("one", "two", "three"));
    start();
    String next = maps("one", "two", "three", "four");

    try (OutputStream out = Files.newOutputStream(folder.resolve("a.yaml"))) {
      for (byte b : next.getBytes(StandardCharsets.UTF_8)) {
        out.write(b);
        TimeUnit.MILLISECONDS.sleep(2);
      }
    }

    await(state -> names(state).contains("four"), 2_000);
    assertThat(states)
        .allSatisfy(state -> assertThat(names(state)).contains("one", "two", "three"));
    assertThat(problems).isEmpty();
  }

  @Test
  void aNewFileWrittenInPlaceIsNotReadByHalves() throws Exception {
    start();
    String text = maps("one", "two", "three");

    try (OutputStream out = Files.newOutputStream(folder.resolve("new.yaml"))) {
      for (String line : text.split("(?<=\n)")) {
        out.write(line.getBytes(StandardCharsets.UTF_8));
        out.flush();
        TimeUnit.MILLISECONDS.sleep(15);
      }
    }

    await(state -> names(state).contains("three"), 2_000);
    assertThat(states)
        .allSatisfy(state -> assertThat(names(state).size()).as("%s", names(state)).isIn(0, 3));
  }

  @Test
  void aBrokenFileKeepsItsLastGoodObjectsAndIsNamedUntilItIsRepaired() throws Exception {
    write("a.yaml", map("a", "1"));
    write("b.yaml", map("b", "1"));
    start();

    replace("a.yaml", "apiVersion: v1\nkind: [ConfigMap\nmetadata: {name: a}\n");
    await(_ -> !problems.isEmpty(), 1_000);

    assertThat(names()).containsExactly("a", "b");
    assertThat(problems)
        .singleElement()
        .satisfies(problem -> assertThat(problem.source().name()).startsWith("a.yaml:"));

    replace("a.yaml", map("a", "2"));
    await(state -> "2".equals(value(state, "a")), 1_000);
    assertThat(problems).isEmpty();
  }

  @Test
  void ofTwoDocumentsTheGoodOneIsServedAndTheBadOneKeepsWhatItSaid() throws Exception {
    write("a.yaml", map("a", "1") + "---\n" + map("b", "1"));
    start();

    replace("a.yaml", map("a", "2") + "---\nkind: {\n");
    await(state -> "2".equals(value(state, "a")), 1_000);

    assertThat(value(store.snapshot(), "b")).isEqualTo("1");
    assertThat(problems).hasSize(1);

    replace("a.yaml", map("a", "2"));
    await(state -> names(state).equals(List.of("a")), 1_000);
  }

  @Test
  void removingAFileRemovesItsObjects() throws Exception {
    write("a.yaml", maps("a"));
    write("sub/b.yaml", maps("b"));
    start();

    Files.delete(folder.resolve("a.yaml"));
    await(state -> names(state).equals(List.of("b")), 1_000);

    Files.delete(folder.resolve("sub/b.yaml"));
    Files.delete(folder.resolve("sub"));
    await(state -> names(state).isEmpty(), 1_500);
  }

  @Test
  void anEditorThatMovesTheFileAwayBeforeItWritesLeavesNoGap() throws Exception {
    write("a.yaml", map("a", "1"));
    start();

    Files.move(folder.resolve("a.yaml"), folder.resolve("a.yaml~"));
    TimeUnit.MILLISECONDS.sleep(40);
    write("a.yaml", map("a", "2"));
    Files.delete(folder.resolve("a.yaml~"));
    await(state -> "2".equals(value(state, "a")), 1_000);

    assertThat(states).allSatisfy(state -> assertThat(names(state)).containsExactly("a"));
  }

  @Test
  void aFileThatGetsAnotherNameLeavesNoGap() throws Exception {
    write("z.yaml", map("a", "1"));
    start();

    Files.move(folder.resolve("z.yaml"), folder.resolve("b.yaml"));
    write("c.yaml", maps("c"));
    await(state -> names(state).contains("c"), 1_000);

    assertThat(states).allSatisfy(state -> assertThat(names(state)).contains("a"));
    assertThat(problems).isEmpty();
  }

  @Test
  void aNewSubFolderIsFollowedToo() throws Exception {
    start();

    write("new/a.yaml", map("a", "1"));
    await(state -> names(state).contains("a"), 1_500);
    write("new/a.yaml", map("a", "2"));
    await(state -> "2".equals(value(state, "a")), 1_000);
  }

  @Test
  void aFolderOfLinksThatIsSwappedAsAWholeIsFollowed() throws Exception {
    Path first = Files.createDirectory(folder.resolve("..1"));
    Path second = Files.createDirectory(folder.resolve("..2"));
    write(first.resolve("a.yaml"), map("a", "1"));
    write(second.resolve("a.yaml"), map("a", "2"));
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
    Files.createSymbolicLink(folder.resolve("a.yaml"), Path.of("..data/a.yaml"));
    start();
    assertThat(value(store.snapshot(), "a")).isEqualTo("1");

    Path swap = Files.createSymbolicLink(folder.resolve("..tmp"), Path.of("..2"));
    Files.move(swap, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

    await(state -> "2".equals(value(state, "a")), 1_000);
  }

  @Test
  void ofTwoFilesForOneObjectTheFirstByNameIsUsedUntilItGoes() throws Exception {
    write("b.yaml", map("a", "second"));
    write("a.yaml", map("a", "first"));
    start();

    assertThat(value(store.snapshot(), "a")).isEqualTo("first");
    assertThat(problems)
        .extracting(Problem::sentence)
        .containsExactly(
            "file b.yaml:1 ConfigMap default/a: it stands in a.yaml:1 as well (expected: one"
                + " manifest of each object); the one in a.yaml:1 is used");

    Files.delete(folder.resolve("a.yaml"));
    await(state -> "second".equals(value(state, "a")), 1_000);
    assertThat(problems).isEmpty();
  }

  @Test
  void aFolderThatVanishesKeepsEverything() throws Exception {
    write("a.yaml", maps("a"));
    start();

    Path away = elsewhere.resolve("away");
    Files.move(folder, away);
    await(_ -> !problems.isEmpty(), 2_000);
    assertThat(names()).containsExactly("a");

    Files.move(away, folder);
    await(_ -> problems.isEmpty(), 2_000);
    replace("a.yaml", maps("b"));
    await(state -> names(state).equals(List.of("b")), 1_500);
  }

  @Test
  void aSecretThatBreaksKeepsItsLastGoodPair() throws Exception {
    Pems pems = Pems.fresh();
    write("tls.yaml", pems.secret("default", "web"));
    start();
    assertThat(pair()).isEqualTo(pems.material());

    replace(
        "tls.yaml", new Pems(pems.material(), pems.certificate(), "x").secret("default", "web"));
    await(state -> state.secrets().get(key("web")).tlsFault() != null, 1_000);

    assertThat(pair()).isEqualTo(pems.material());
  }

  private void start() throws IOException {
    source = FolderSource.start(folder, store);
    drain();
  }

  private void drain() {
    wakes.drainPermits();
    StoreUpdate update = store.take();
    if (update != null) {
      states.add(update.snapshot());
      problems = update.problems();
    }
  }

  /// Plays the control loop until the state is as wanted.
  private void await(Predicate<KubernetesSnapshot> wanted, long millis)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!wanted.test(store.snapshot())) {
      long left = deadline - System.nanoTime();
      assertThat(wakes.tryAcquire(Math.max(left, 0), TimeUnit.NANOSECONDS))
          .as("within %d ms; now %s, %s", millis, names(), problems)
          .isTrue();
      drain();
    }
    drain();
  }

  private KeyMaterial pair() {
    return store.snapshot().secrets().get(key("web")).tls();
  }

  private List<String> names() {
    return names(store.snapshot());
  }

  private static List<String> names(KubernetesSnapshot state) {
    return state.configMaps().keySet().stream().map(ObjectKey::name).toList();
  }

  private static String value(KubernetesSnapshot state, String name) {
    return state.configMaps().containsKey(key(name))
        ? state.configMaps().get(key(name)).data().get("v")
        : null;
  }

  private static ObjectKey key(String name) {
    return new ObjectKey("default", name);
  }

  private static String map(String name, String value) {
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {v: \"%s\"}\n"
        .formatted(name, value);
  }

  private static String maps(String... names) {
    List<String> documents = new ArrayList<>();
    for (String name : names) {
      documents.add(map(name, "1"));
    }
    return String.join("---\n", documents);
  }

  private Path write(String name, String text) throws IOException {
    return write(folder.resolve(name), text);
  }

  private static Path write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private void replace(String name, String text) throws IOException {
    Path fresh = write(elsewhere.resolve(name), text);
    Files.move(fresh, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }
}
