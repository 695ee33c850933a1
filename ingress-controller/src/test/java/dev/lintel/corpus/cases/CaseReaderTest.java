package dev.lintel.corpus.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaseReaderTest {
  @TempDir private Path folder;

  private List<CorpusCase> read(String lines) throws Exception {
    return CaseReader.read(Files.writeString(folder.resolve("cases"), lines));
  }

  @Test
  void repeatsAreWrittenOutInnerOnesFirst() {
    assertThat(Repeats.writeOut("a{{REP:2:b{{REP:3:c}}d}}e{{REP:2:f}}"))
        .isEqualTo("abcccdbcccdeff");
    assertThat(Repeats.writeOut("{{REP:2:\r\n}}x")).isEqualTo("\r\n\r\nx");
    assertThatThrownBy(() -> Repeats.writeOut("{{REP:2:x")).hasMessageContaining("repeat");
  }

  @Test
  void aCaseIsReadWithAllItsParts() throws Exception {
    CorpusCase one =
        read("{\"id\":\"a\",\"class\":\"c\",\"proto\":\"h1\",\"raw\":\"x\\u00ff\",\"expect\":\"close\","
                + "\"upstream\":{\"count\":2,\"present\":{\"X-A\":\"{{REP:2:b}}\"},\"absent\":[\"Y\"],"
                + "\"body_len\":3},\"then\":\"t\",\"config\":\"k: v\",\"unknown\":[1]}\n\n")
            .getFirst();
    assertThat(one.kind()).isEqualTo(CorpusCase.Kind.H1);
    assertThat(one.raw()).isEqualTo("x\u00ff");
    assertThat(one.upstream().count()).isEqualTo(2);
    assertThat(one.upstream().present()).containsEntry("x-a", "bb");
    assertThat(one.upstream().absent()).containsExactly("y");
    assertThat(one.upstream().bodyLength()).isEqualTo(3);
    assertThat(one.then()).isEqualTo("t");
    assertThat(one.config()).isEqualTo("k: v");
  }

  @Test
  void aLineThatIsNoCaseIsNamed() {
    assertThatThrownBy(() -> read("{\"id\":\"a\"}")).hasMessageContaining(":1: ");
    assertThatThrownBy(() -> read("\n{")).hasMessageContaining(":2: ");
  }

  @Test
  void errataReplaceVerdictsAndAreCounted() throws Exception {
    Path file = folder.resolve("errata.tsv");
    Files.writeString(file, "# id\tverdict\tsection\na\treject-404\t9110 1\n");
    Errata errata = Errata.read(file);
    List<CorpusCase> cases =
        errata.applyTo(
            read(
                "{\"id\":\"a\",\"proto\":\"h2\",\"raw\":\"[]\",\"expect\":\"close\"}\n"
                    + "{\"id\":\"b\",\"proto\":\"h2\",\"raw\":\"[]\",\"expect\":\"close\"}\n"));
    assertThat(cases).extracting(CorpusCase::expect).containsExactly("reject-404", "close");
    assertThat(errata.applied()).isEqualTo(1);
  }
}
