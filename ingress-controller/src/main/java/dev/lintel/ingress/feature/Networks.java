package dev.lintel.ingress.feature;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Networks that are trusted with something. An entry that is none is skipped: then fewer are
/// trusted.
///
/// @param known those that can be compared
/// @param unknown what is no network
public record Networks(List<Cidr> known, List<String> unknown) {
  /// How a list of them is read.
  record ListGrammar() implements Grammar<Networks> {
    @Override
    public Reading<Networks> read(String text) {
      List<Cidr> known = new ArrayList<>();
      List<String> unknown = new ArrayList<>();
      for (String part : text.split(",")) {
        Optional<Cidr> cidr = Cidr.parse(part.strip());
        cidr.ifPresentOrElse(known::add, () -> unknown.add(Grammars.quoted(part.strip())));
      }
      return new Reading.Value<>(new Networks(List.copyOf(known), List.copyOf(unknown)));
    }

    @Override
    public String describe() {
      return "comma list of addresses and networks, such as `10.0.0.0/8, 2001:db8::1`";
    }

    @Override
    public String show(Networks value) {
      return value.known().stream().map(Cidr::toString).collect(Collectors.joining(", "));
    }
  }
}
