package dev.lintel.ingress.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.ingress.feature.trailingslash.TrailingSlashSettings;
import dev.lintel.ingress.plan.HostPlan;
import dev.lintel.ingress.plan.ProxyPlan;
import dev.lintel.ingress.plan.RoutePlan;
import dev.lintel.ingress.plan.RoutePlan.NotFound;
import dev.lintel.ingress.plan.RoutePlan.ToUpstream;
import dev.lintel.ingress.snapshot.ObjectView;
import dev.lintel.proxy.filter.RequestFilter;
import dev.lintel.proxy.filter.ResponseFilter;
import dev.lintel.proxy.observe.RouteLabels;
import dev.lintel.proxy.route.PathRegex;
import dev.lintel.proxy.route.Route;
import dev.lintel.proxy.route.RouteSettings;
import dev.lintel.proxy.route.RoutingTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The rows of the tables of Kubernetes' Ingress documentation, from manifest to the route that the
/// routing table finds. Where a path's last column says what ingress-nginx does instead, that
/// holds.
class MatchTablesTest {
  private static final String HOST = "shop.example.com";

  @TestFactory
  Stream<DynamicTest> pathsMatchAsTheTableSays() throws IOException {
    return rows("path-match-table.tsv").stream()
        .map(row -> DynamicTest.dynamicTest(String.join(" | ", row), () -> checkPath(row)));
  }

  @TestFactory
  Stream<DynamicTest> hostsMatchAsTheTableSays() throws IOException {
    return rows("host-match-table.tsv").stream()
        .map(row -> DynamicTest.dynamicTest(String.join(" | ", row), () -> checkHost(row)));
  }

  @Test
  void noRowWasLost() throws IOException {
    assertThat(rows("path-match-table.tsv")).hasSize(20);
    assertThat(rows("host-match-table.tsv")).hasSize(5);
  }

  private static void checkPath(List<String> row) {
    StringBuilder paths = new StringBuilder();
    for (String path : row.get(1).split(", ")) {
      paths.append(path(path.split(" ")[0], type(path, row.get(0))));
    }
    Routes routes = new Routes(ingress(HOST, paths.toString()));
    String request = row.get(2);
    List<String> asked =
        request.equals("(all paths)") ? List.of("/", "/a", "/a/b", "/a/b/") : List.of(request);
    for (String path : asked) {
      RoutePlan route = routes.match(HOST, path);
      if (!row.get(5).isEmpty()) {
        assertThat(row.get(5)).startsWith("301 to " + redirectOf(route));
      } else if (row.get(3).startsWith("Yes")) {
        assertThat(route.target()).isInstanceOf(ToUpstream.class);
        assertThat(route.path()).isEqualTo(row.get(4).split(" ")[0]);
        assertThat(route.match().name()).isEqualToIgnoringCase(type(row.get(4), row.get(0)));
      } else {
        assertThat(route.target()).isInstanceOf(NotFound.class);
        assertThat(route.features()).noneMatch(f -> f.id().equals("trailing-slash"));
      }
    }
  }

  private static void checkHost(List<String> row) {
    Routes routes = new Routes(ingress(row.get(0), path("/", "Prefix")));
    RoutePlan route = routes.match(row.get(1), "/");
    assertThat(route.target())
        .isInstanceOf(row.get(2).startsWith("Yes") ? ToUpstream.class : NotFound.class);
  }

  private static String redirectOf(RoutePlan route) {
    assertThat(route.target()).isInstanceOf(NotFound.class);
    assertThat(route.features()).hasSize(1);
    return ((TrailingSlashSettings) route.features().get(0).settings()).path();
  }

  private static String type(String cell, String kind) {
    return cell.contains("(Exact)")
        ? "Exact"
        : cell.contains("(Prefix)") || kind.equals("Mixed") ? "Prefix" : kind;
  }

  private static String path(String path, String type) {
    return """
              - path: %s
                pathType: %s
                backend: {service: {name: web, port: {number: 80}}}
    """
        .formatted(path, type);
  }

  private static String ingress(String host, String paths) {
    return """
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: table, namespace: default}
    spec:
      ingressClassName: nginx
      rules:
        - host: "%s"
          http:
            paths:
    %s"""
        .formatted(host, paths);
  }

  private static List<List<String>> rows(String file) throws IOException {
    try (InputStream in = MatchTablesTest.class.getResourceAsStream("/ingress-nginx/" + file)) {
      assertThat(in).as(file).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .map(line -> List.of(line.split("\t", -1)))
          .toList();
    }
  }

  /// The routing table of a plan, and the way back from a route to its plan.
  private static final class Routes {
    private final Map<Route, RoutePlan> plans = new IdentityHashMap<>();
    private final RoutingTable table;

    Routes(String manifest) {
      List<ObjectView> objects = new ArrayList<>(CompileCase.cluster());
      objects.addAll(CompileCase.objects(manifest));
      ProxyPlan plan =
          PlanCompiler.compile(CompileCase.snapshot(objects), CompileCase.options()).plan();
      RoutingTable.Builder builder = RoutingTable.builder(route());
      for (HostPlan host : plan.hosts()) {
        for (RoutePlan routePlan : host.routes()) {
          Route route = route();
          plans.put(route, routePlan);
          add(builder, host.host(), routePlan, route);
        }
      }
      table = builder.build();
    }

    private static void add(
        RoutingTable.Builder builder, String host, RoutePlan plan, Route route) {
      switch (plan.match()) {
        case EXACT -> builder.exact(host, plan.path(), route);
        case PREFIX -> builder.prefix(host, plan.path(), route);
        case REGEX -> {
          if (PathRegex.compile(plan.path()) instanceof PathRegex.Compiled(PathRegex regex)) {
            builder.regex(host, regex, route);
          }
        }
      }
    }

    RoutePlan match(String host, String path) {
      byte[] hostBytes = host.getBytes(StandardCharsets.US_ASCII);
      byte[] pathBytes = path.getBytes(StandardCharsets.US_ASCII);
      RoutePlan plan =
          plans.get(table.match(hostBytes, 0, hostBytes.length, pathBytes, 0, pathBytes.length));
      assertThat(plan).as("every request has a route of the plan").isNotNull();
      return plan;
    }

    private static Route route() {
      return new Route(
          new RouteLabels("", "", "", "", "", ""),
          new RequestFilter[0],
          new ResponseFilter[0],
          null,
          RouteSettings.DEFAULT,
          null);
    }
  }
}
