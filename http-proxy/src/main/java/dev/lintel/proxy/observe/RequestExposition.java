package dev.lintel.proxy.observe;

import dev.lintel.proxy.message.Method;
import dev.lintel.proxy.observe.CellLayout.Measure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One scrape of the request metrics: the cells of all loops, joined by their labels.
final class RequestExposition {
  private record Key(RouteLabels route, Method method, int status) {}

  private static final double NANOS = 1e9;

  private final CellLayout layout;
  private final MetricsOptions options;
  private final Map<String, List<Counts>> series = new LinkedHashMap<>();

  RequestExposition(
      CellLayout layout, MetricsOptions options, String commonLabels, List<MetricShard> shards) {
    this.layout = layout;
    this.options = options;
    Map<Key, List<Counts>> joined = new LinkedHashMap<>();
    for (MetricShard shard : shards) {
      for (Map.Entry<RouteLabels, RouteSeries> route : shard.series().entrySet()) {
        for (RouteSeries.Cell cell : route.getValue().cells()) {
          joined
              .computeIfAbsent(
                  new Key(route.getKey(), cell.method(), cell.status()),
                  _ -> new ArrayList<>(shards.size()))
              .add(cell.counts());
        }
      }
    }
    for (Map.Entry<Key, List<Counts>> entry : joined.entrySet()) {
      series.put(labels(entry.getKey()) + "," + commonLabels, entry.getValue());
    }
  }

  void write(TextExposition text) throws IOException {
    if (options.limits().keeps(MetricFamilies.REQUESTS.name())) {
      requests(text);
    }
    for (Measure measure : Measure.values()) {
      if (layout.keeps(measure)) {
        histogram(text, measure);
      }
    }
  }

  private void requests(TextExposition text) throws IOException {
    text.family(MetricFamilies.REQUESTS);
    for (Map.Entry<String, List<Counts>> entry : series.entrySet()) {
      long sum = 0;
      for (Counts cell : entry.getValue()) {
        sum += cell.get(0);
      }
      text.sample(MetricFamilies.REQUESTS.name(), "", entry.getKey(), Long.toString(sum));
    }
  }

  private void histogram(TextExposition text, Measure measure) throws IOException {
    String name = measure.family().name();
    List<String> bounds = layout.boundTexts(measure);
    text.family(measure.family());
    for (Map.Entry<String, List<Counts>> entry : series.entrySet()) {
      long[] sums = new long[bounds.size() + 2];
      for (Counts cell : entry.getValue()) {
        layout.addTo(sums, cell, measure);
      }
      String labels = entry.getKey();
      long count = 0;
      for (int i = 0; i <= bounds.size(); i++) {
        count += sums[i];
        String bound = i < bounds.size() ? bounds.get(i) : "+Inf";
        text.sample(name, "_bucket", labels + ",le=\"" + bound + "\"", Long.toString(count));
      }
      long total = sums[bounds.size() + 1];
      text.sample(
          name,
          "_sum",
          labels,
          measure.isTime() ? Double.toString(total / NANOS) : Long.toString(total));
      text.sample(name, "_count", labels, Long.toString(count));
    }
  }

  private String labels(Key key) {
    RouteLabels route = key.route();
    StringBuilder labels = new StringBuilder(256);
    labels.append(TextExposition.label("status", status(key.status()))).append(',');
    labels.append(TextExposition.label("method", key.method().name())).append(',');
    labels.append(TextExposition.label("path", route.path())).append(',');
    labels.append(TextExposition.label("namespace", route.namespace())).append(',');
    labels.append(TextExposition.label("ingress", route.ingress())).append(',');
    labels.append(TextExposition.label("service", route.service())).append(',');
    labels.append(TextExposition.label("canary", route.canary()));
    if (options.perHost()) {
      labels.append(',').append(TextExposition.label("host", route.host()));
    }
    return labels.toString();
  }

  private String status(int status) {
    boolean isClass = options.statusClasses() || status > 0 && status < 10;
    return isClass ? status + "xx" : Integer.toString(status);
  }
}
