package dev.lintel.proxy.observe;

import java.util.List;

/// A metric as it is declared: what a scrape says of it, and what its page in the docs does.
///
/// @param name as it is exported, without the endings of a histogram's or summary's parts
/// @param help one sentence
/// @param labels the names of its labels, in the order of the docs
public record MetricFamily(String name, Type type, String help, List<String> labels) {
  /// What its samples are.
  public enum Type {
    COUNTER,
    GAUGE,
    HISTOGRAM,
    SUMMARY
  }

  /// Copies the labels.
  public MetricFamily {
    labels = List.copyOf(labels);
  }

  /// The labels beside those that everything of one process has.
  public String[] ownLabels() {
    return labels.stream()
        .filter(label -> !MetricFamilies.PROCESS_LABELS.contains(label))
        .toArray(String[]::new);
  }
}
