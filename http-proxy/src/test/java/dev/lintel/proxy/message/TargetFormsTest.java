package dev.lintel.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetFormsTest {
  private static final TargetForms FORMS = new TargetForms();

  /// Match form, wire form and data form of a path; null where it is refused.
  private record Forms(String match, String wire, String data) {}

  private static @Nullable Forms forms(String path) {
    byte[] b = Octets.ascii("__" + path + "__");
    if (FORMS.canonicalise(b, 2, path.length()) != null) {
      return null;
    }
    Slice match = new Slice();
    Slice wire = new Slice();
    Slice data = new Slice();
    FORMS.match(match);
    FORMS.wire(wire);
    FORMS.data(data);
    return new Forms(match.toString(), wire.toString(), data.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "/, /, /",
    "/a/./b, /a/b, /a/b",
    "/a/../b, /b, /b",
    "/a/.., /, /",
    "/a/b/.., /a/, /a/",
    "/a/., /a/, /a/",
    "/%2e%2E/x, , ",
    "/a/%2e%2e/b, /b, /b",
    "/a//b, /a/b, /a//b",
    "//a, /a, //a",
    "/a//, /a/, /a//",
    "/a//../b, /b, /b",
    "//../b, , ",
    "/a/%252e%252e/b, /a/%2e%2e/b, /a/%252e%252e/b",
    "/%41%20b, /A b, /%41%20b",
    "/a%2Fb, /a/b, /a%2Fb",
    "/a%2F/b, /a/b, /a%2F/b",
    "/a%5cb, /a\\b, /a%5cb",
    "/a;x=1/b, /a;x=1/b, /a;x=1/b",
    "/.../b, /.../b, /.../b",
    "/..a/b, /..a/b, /..a/b",
    "/a%2Fb/../c, , ",
    "/..%2f, , ",
    "/x%2f.., , ",
    "/x%5c..%5cy, , ",
    "/.%2e%2fy, , ",
    "/..;/a, , ",
    "/.;a/b, , ",
    "/%2e%2e%3b/b, , ",
    "/a%, , ",
    "/a%0, , ",
    "/a%00, , ",
    "/a/%0d%0ab, '/a/\r\nb', /a/%0d%0ab"
  })
  void formsOf(String path, @Nullable String match, @Nullable String wire) {
    Forms forms = forms(path);
    if (match == null) {
      assertThat(forms).isNull();
    } else {
      assertThat(forms).isNotNull();
      assertThat(forms.match()).isEqualTo(match);
      assertThat(forms.wire()).isEqualTo(wire);
    }
  }

  @Test
  void encodedSlashHasASecondReading() {
    assertThat(forms("/a%2Fb/c")).isEqualTo(new Forms("/a/b/c", "/a%2Fb/c", "/a%2Fb/c"));
    assertThat(forms("/a%2fb//%41")).isEqualTo(new Forms("/a/b/A", "/a%2fb//%41", "/a%2fb/A"));
    assertThat(forms("/a/b%41")).isEqualTo(new Forms("/a/bA", "/a/b%41", ""));
  }

  private static String random(Random random) {
    String[] parts = {
      "/", "/", "/", ".", "..", "a", "b", "%2e", "%2E%2e", "%2f", "%5C", ";", "%3b", "%25", "%41",
      "x=1", "%", "%2"
    };
    StringBuilder path = new StringBuilder("/");
    int count = random.nextInt(12);
    for (int i = 0; i < count; i++) {
      path.append(parts[random.nextInt(parts.length)]);
    }
    return path.toString();
  }

  @Test
  void canonicalIsCanonical() {
    Random random = new Random(1);
    int taken = 0;
    for (int i = 0; i < 200_000; i++) {
      String path = random(random);
      Forms once = forms(path);
      if (once != null) {
        taken++;
        assertThat(forms(once.wire())).as(path).isEqualTo(once);
        byte[] wire = Octets.ascii(once.wire());
        assertThat(FORMS.isSafe(wire, 0, wire.length)).as(path).isTrue();
      }
    }
    assertThat(taken).isGreaterThan(10_000);
  }

  @Test
  void agreesWithANaiveReading() {
    Random random = new Random(2);
    int taken = 0;
    for (int i = 0; i < 200_000; i++) {
      String path = random(random);
      Forms forms = forms(path);
      String naive = naive(path);
      if (forms == null) {
        continue;
      }
      taken++;
      assertThat(forms.match()).as(path).isEqualTo(naive);
      assertThat(forms.match()).startsWith("/").doesNotContain("//", "/../", "/./");
      assertThat(("/" + forms.match().replace('\\', '/') + "/").replaceAll(";[^/]*", ""))
          .as(path)
          .doesNotContain("/../", "/./");
    }
    assertThat(taken).isGreaterThan(10_000);
  }

  /// Decode, merge slashes, then remove dot segments, as a reader of strings would.
  private static @Nullable String naive(String path) {
    StringBuilder decoded = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) == '%') {
        if (i + 2 >= path.length() || Octets.hex((byte) path.charAt(i + 1)) < 0) {
          return null;
        }
        int low = Octets.hex((byte) path.charAt(i + 2));
        if (low < 0) {
          return null;
        }
        decoded.append((char) (Octets.hex((byte) path.charAt(i + 1)) << 4 | low));
        i += 2;
      } else {
        decoded.append(path.charAt(i));
      }
    }
    List<String> kept = new ArrayList<>();
    String[] segments = Pattern.compile("/+").matcher(decoded).replaceAll("/").split("/", -1);
    for (int i = 1; i < segments.length; i++) {
      boolean last = i == segments.length - 1;
      switch (segments[i]) {
        case "." -> {
          if (last) {
            kept.add("");
          }
        }
        case ".." -> {
          if (kept.isEmpty()) {
            return null;
          }
          kept.removeLast();
          if (last) {
            kept.add("");
          }
        }
        default -> kept.add(segments[i]);
      }
    }
    return "/" + String.join("/", kept);
  }

  @Test
  void everyByteOfTheMatchFormHasItsPlaceOnTheWire() {
    Random random = new Random(3);
    for (int i = 0; i < 50_000; i++) {
      Forms forms = forms(random(random));
      if (forms == null) {
        continue;
      }
      Slice wire = Slice.of(forms.wire());
      int before = -1;
      for (int m = 0; m < forms.match().length(); m++) {
        int at = TargetForms.wireIndex(wire, m);
        assertThat(at).isGreaterThan(before);
        char there = forms.wire().charAt(at);
        if (there != '%') {
          assertThat(there).isEqualTo(forms.match().charAt(m));
        }
        before = at;
      }
      assertThat(TargetForms.wireIndex(wire, forms.match().length()))
          .isEqualTo(forms.wire().length());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "//../x",
        "/../admin",
        "/a/%2e%2e/b",
        "/a/.",
        "/a/..%5cadmin",
        "/a b",
        "/a\r\nX: y",
        "/a#b",
        "/a?b",
        "/a\\b",
        "/%zz",
        "/..;x",
        "/\u00e4"
      })
  void rewrittenPathsThatCouldBeReadOtherwiseAreNotSafe(String path) {
    byte[] b = Octets.ascii(path);
    assertThat(FORMS.isSafe(b, 0, b.length)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "//evil.test/", "/a%0d%0aX-Inj:%201", "/a%20b%3Fc=%23d", "/x/%252e%252e/"})
  void rewrittenPathsThatAreDataAreSafe(String path) {
    byte[] b = Octets.ascii(path);
    assertThat(FORMS.isSafe(b, 0, b.length)).isTrue();
  }
}
