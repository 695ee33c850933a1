package dev.lintel.ingress.feature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.feature.Grammar.Reading;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingTest {
  @Test
  void booleansAreThoseOfGo() {
    Setting<Boolean> setting = Setting.bool("b");
    for (String text : List.of("1", "t", "T", "TRUE", "true", "True")) {
      assertThat(value(setting, text)).isEqualTo(true);
    }
    for (String text : List.of("0", "f", "F", "FALSE", "false", "False")) {
      assertThat(value(setting, text)).isEqualTo(false);
    }
    for (String text : List.of("yes", "on", "tRUE", "2", "")) {
      assertThat(fault(setting, text)).isNotEmpty();
    }
  }

  @Test
  void wholeNumbersKeepTheirBounds() {
    Setting<Integer> setting = Setting.wholeNumber("n", 1, 10);
    assertThat(value(setting, "1")).isEqualTo(1);
    assertThat(value(setting, "10")).isEqualTo(10);
    assertThat(fault(setting, "0")).isEqualTo("\"0\" is out of bounds");
    assertThat(fault(setting, "11")).contains("out of bounds");
    assertThat(fault(setting, "99999999999999999999")).contains("not a whole number");
    assertThat(fault(setting, "1.5")).contains("not a whole number");
  }

  @Test
  void unitsOnSecondsGetTheNumberWithoutThem() {
    Reading<Integer> reading = Values.read(Setting.seconds("s", 0, Integer.MAX_VALUE), "300s");
    assertThat(reading)
        .isInstanceOfSatisfying(
            Reading.Fault.class,
            fault -> assertThat(fault.expected()).endsWith("without a unit, such as 300"));
  }

  @Test
  void sizesAreBytesWithOneUnitAtMost() {
    Setting<Long> setting = Setting.size("s");
    assertThat(value(setting, "12")).isEqualTo(12L);
    assertThat(value(setting, "8k")).isEqualTo(8_192L);
    assertThat(value(setting, "1M")).isEqualTo(1_048_576L);
    assertThat(value(setting, "2g")).isEqualTo(2L << 30);
    assertThat(fault(setting, "8kb")).contains("is not a size");
    assertThat(fault(setting, "999999999999999g")).contains("out of bounds");
  }

  @Test
  void timesAreThoseOfNginx() {
    Setting<Duration> setting =
        Setting.time("t", Duration.ofSeconds(1), Duration.ofDays(24))
            .defaultsTo(Duration.ofHours(1));
    assertThat(value(setting, "90")).isEqualTo(Duration.ofSeconds(90));
    assertThat(value(setting, "1h")).isEqualTo(Duration.ofHours(1));
    assertThat(value(setting, "1h30m")).isEqualTo(Duration.ofMinutes(90));
    assertThat(value(setting, "1d 2h")).isEqualTo(Duration.ofHours(26));
    assertThat(value(setting, "24d")).isEqualTo(Duration.ofDays(24));
    assertThat(setting.shownDefault()).isEqualTo("1h");
    assertThat(fault(setting, "25d")).contains("out of bounds");
    assertThat(fault(setting, "0s")).contains("out of bounds");
    for (String text : List.of("1m1h", "h", "1.5h", "-1h", "1h30x")) {
      assertThat(fault(setting, text)).contains("is not a time");
    }
  }

  @Test
  void wordsAreReadInAnyCase() {
    Setting<HostRules.Protocol> setting = Setting.oneOf("p", HostRules.Protocol.class);
    assertThat(value(setting, "auto_http")).isEqualTo(HostRules.Protocol.AUTO_HTTP);
    assertThat(value(setting, "Auto-HTTP")).isEqualTo(HostRules.Protocol.AUTO_HTTP);
    assertThat(fault(setting, "h2c")).contains("is not known");
  }

  @Test
  void referencesNameAnObjectAndPerhapsItsNamespace() {
    Setting<Reference> setting = Setting.reference("r", "Secret");
    assertThat(value(setting, "users")).isEqualTo(new Reference("", "users"));
    assertThat(value(setting, "other/users.v1")).isEqualTo(new Reference("other", "users.v1"));
    for (String text : List.of("a/b/c", "Users", "/users", "a/", "../x", "a b")) {
      assertThat(fault(setting, text)).contains("is not a name");
    }
  }

  @Test
  void everyLineOfAValueIsTrimmed() {
    assertThat(Values.trimmed("  10.0.0.0/8,\n  10.1.0.0/16  \n\n"))
        .isEqualTo("10.0.0.0/8,\n10.1.0.0/16");
    assertThat(value(Setting.cidrList("c"), Values.trimmed("10.0.0.0/8,\n 10.1.0.0/16\n")))
        .asString()
        .isEqualTo("[10.0.0.0/8, 10.1.0.0/16]");
  }

  @Test
  void whatUsersWroteIsShownOnOneLineAndClipped() {
    assertThat(Grammars.quoted("a\nb\"c\\d\u0007\u202e")).isEqualTo("\"a\\nb\\\"c\\\\d??\"");
    assertThat(Grammars.quoted("x".repeat(500))).hasSize(83).endsWith("x…\"");
  }

  @Test
  void aNameThatNobodyKnowsLeadsToTheNearestOne() {
    assertThat(Declarations.nearestAnnotation("limit-rp")).isIn("limit-rpm", "limit-rps");
    assertThat(Declarations.nearestAnnotation("whitelist-source-rang"))
        .isEqualTo("whitelist-source-range");
    assertThat(Declarations.nearestAnnotation("quite-another-thing")).isEmpty();
    assertThat(Declarations.nearestKey("use-forwarded-header")).isEqualTo("use-forwarded-headers");
  }

  @Test
  void networksAreComparedBitByBit() {
    Cidr ten = Cidr.parse("10.1.2.3/8").orElseThrow();
    assertThat(ten).hasToString("10.0.0.0/8");
    Cidr in = Cidr.parse("10.255.0.1").orElseThrow();
    Cidr out = Cidr.parse("11.0.0.0").orElseThrow();
    assertThat(ten.contains(in.high(), in.low())).isTrue();
    assertThat(ten.contains(out.high(), out.low())).isFalse();
    Cidr six = Cidr.parse("2001:db8::/33").orElseThrow();
    Cidr low = Cidr.parse("2001:db8:7fff::1").orElseThrow();
    Cidr high = Cidr.parse("2001:db8:8000::1").orElseThrow();
    assertThat(six.contains(low.high(), low.low())).isTrue();
    assertThat(six.contains(high.high(), high.low())).isFalse();
    Cidr all = Cidr.parse("0.0.0.0/0").orElseThrow();
    assertThat(all.contains(in.high(), in.low())).isTrue();
    assertThat(all.contains(low.high(), low.low())).as("an IPv6 address in IPv4's all").isFalse();
  }

  @Test
  void whatIsNoAddressIsNone() {
    for (String text :
        List.of(
            "",
            "10",
            "10.0.0",
            "10.0.0.256",
            "010.0.0.1",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/08",
            "10.0.0.0/8/8",
            "::/129",
            ":::",
            "fe80::1%eth0",
            "example.com",
            "10.0.0.0/8`",
            "*")) {
      assertThat(Cidr.parse(text)).as(text).isEmpty();
    }
  }

  private static <T> Object value(Setting<T> setting, String text) {
    return switch (Values.read(setting, text)) {
      case Reading.Value<T>(T value) -> value;
      case Reading.Fault<T> fault -> fault;
    };
  }

  private static <T> String fault(Setting<T> setting, String text) {
    return switch (Values.read(setting, text)) {
      case Reading.Value<T>(T value) -> throw new AssertionError(text + " was read as " + value);
      case Reading.Fault<T>(String found, String _) -> found;
    };
  }
}
