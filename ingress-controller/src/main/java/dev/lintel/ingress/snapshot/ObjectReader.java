package dev.lintel.ingress.snapshot;

import dev.lintel.ingress.snapshot.EndpointSliceView.EndpointView;
import dev.lintel.ingress.snapshot.IngressView.BackendView;
import dev.lintel.ingress.snapshot.IngressView.PathType;
import dev.lintel.ingress.snapshot.IngressView.PathView;
import dev.lintel.ingress.snapshot.IngressView.RuleView;
import dev.lintel.ingress.snapshot.IngressView.TlsView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads a decoded JSON or YAML tree into the view of its kind: the one way from either source, so
/// that a manifest means the same in a folder and in a cluster.
public final class ObjectReader {
  private static final String SERVICE_LABEL = "kubernetes.io/service-name";

  private ObjectReader() {}

  /// Reads a whole object, `metadata` and all.
  ///
  /// @return null where the object says nothing to Lintel: an EndpointSlice of no Service
  public static @Nullable ObjectView read(ObjectKind kind, Map<?, ?> tree) throws InvalidObject {
    return read(kind, metadata(kind, tree), tree);
  }

  /// Reads an object whose `metadata` is known already.
  public static @Nullable ObjectView read(ObjectKind kind, ObjectMetadata metadata, Map<?, ?> tree)
      throws InvalidObject {
    Fields fields = Fields.of(tree);
    return switch (kind) {
      case INGRESS -> ingress(metadata, fields.at("spec"));
      case INGRESS_CLASS ->
          new IngressClassView(metadata.key().name(), fields.at("spec").text("controller", ""));
      case SERVICE -> service(metadata.key(), fields.at("spec"), fields.at("status"));
      case ENDPOINT_SLICE -> slice(metadata, fields);
      case SECRET -> SecretReader.read(metadata.key(), fields);
      case CONFIG_MAP -> new ConfigMapView(metadata.key(), fields.textMap("data"));
      case NAMESPACE -> new NamespaceView(metadata.key().name(), metadata.labels());
    };
  }

  /// Reads `metadata` alone.
  public static ObjectMetadata metadata(ObjectKind kind, Map<?, ?> tree) throws InvalidObject {
    return ObjectMetadata.read(kind, Fields.of(tree).at("metadata"));
  }

  /// The addresses in `status.loadBalancer` of an Ingress or Service, in their order.
  public static List<String> loadBalancerAddresses(Map<?, ?> tree) throws InvalidObject {
    List<String> addresses = new ArrayList<>();
    addLoadBalancer(Fields.of(tree).at("status"), addresses);
    return List.copyOf(addresses);
  }

  private static IngressView ingress(ObjectMetadata metadata, Fields spec) throws InvalidObject {
    List<RuleView> rules = new ArrayList<>();
    for (Fields rule : spec.each("rules")) {
      List<PathView> paths = new ArrayList<>();
      for (Fields path : rule.at("http").each("paths")) {
        paths.add(new PathView(path.text("path", ""), pathType(path), backend(path.at("backend"))));
      }
      rules.add(new RuleView(rule.text("host", ""), List.copyOf(paths)));
    }
    List<TlsView> tls = new ArrayList<>();
    for (Fields entry : spec.each("tls")) {
      tls.add(new TlsView(entry.texts("hosts"), entry.text("secretName", "")));
    }
    return new IngressView(
        metadata.key(),
        metadata.uid(),
        metadata.created(),
        metadata.annotations(),
        spec.textOrNull("ingressClassName"),
        spec.has("defaultBackend") ? backend(spec.at("defaultBackend")) : null,
        List.copyOf(rules),
        List.copyOf(tls));
  }

  private static PathType pathType(Fields path) throws InvalidObject {
    String type = path.text("pathType", "");
    return switch (type) {
      case "Exact" -> PathType.EXACT;
      case "Prefix" -> PathType.PREFIX;
      case "ImplementationSpecific" -> PathType.IMPLEMENTATION_SPECIFIC;
      case "" -> PathType.UNSET;
      default ->
          throw path.fault(
              "pathType", Fields.quoted(type), "Exact, Prefix or ImplementationSpecific");
    };
  }

  private static BackendView backend(Fields backend) throws InvalidObject {
    if (backend.has("resource")) {
      Fields resource = backend.at("resource");
      return new BackendView(
          "", 0, null, resource.text("kind", "") + "/" + resource.text("name", ""));
    }
    Fields service = backend.at("service");
    String name = service.text("name", "");
    if (name.isEmpty()) {
      throw backend.fault("service", "no name", "the name of a Service");
    }
    Fields port = service.at("port");
    return new BackendView(name, port.number("number", 0), port.textOrNull("name"), null);
  }

  private static ServiceView service(ObjectKey key, Fields spec, Fields status)
      throws InvalidObject {
    List<ServiceView.PortView> ports = new ArrayList<>();
    for (Fields port : spec.each("ports")) {
      int number = port.number("port", 0);
      String target = port.numberOrText("targetPort");
      ports.add(
          new ServiceView.PortView(
              port.textOrNull("name"),
              number,
              target == null ? Integer.toString(number) : target,
              port.text("protocol", "TCP"),
              port.textOrNull("appProtocol")));
    }
    List<String> published = new ArrayList<>();
    addLoadBalancer(status, published);
    for (String address : spec.texts("externalIPs")) {
      if (!published.contains(address)) {
        published.add(address);
      }
    }
    return new ServiceView(
        key,
        serviceType(spec),
        spec.text("clusterIP", ""),
        spec.textOrNull("externalName"),
        List.copyOf(ports),
        List.copyOf(published),
        spec.text("sessionAffinity", "None").equals("ClientIP"));
  }

  private static ServiceView.Type serviceType(Fields spec) throws InvalidObject {
    String type = spec.text("type", "ClusterIP");
    return switch (type) {
      case "ClusterIP" -> ServiceView.Type.CLUSTER_IP;
      case "NodePort" -> ServiceView.Type.NODE_PORT;
      case "LoadBalancer" -> ServiceView.Type.LOAD_BALANCER;
      case "ExternalName" -> ServiceView.Type.EXTERNAL_NAME;
      default ->
          throw spec.fault(
              "type", Fields.quoted(type), "ClusterIP, NodePort, LoadBalancer or ExternalName");
    };
  }

  private static void addLoadBalancer(Fields status, List<String> addresses) throws InvalidObject {
    for (Fields entry : status.at("loadBalancer").each("ingress")) {
      String address = entry.text("ip", "");
      addresses.add(address.isEmpty() ? entry.text("hostname", "") : address);
    }
  }

  private static @Nullable EndpointSliceView slice(ObjectMetadata metadata, Fields fields)
      throws InvalidObject {
    String service = metadata.labels().get(SERVICE_LABEL);
    if (service == null || service.isEmpty()) {
      return null;
    }
    List<EndpointSliceView.PortView> ports = new ArrayList<>();
    for (Fields port : fields.each("ports")) {
      if (port.has("port")) { // without a number it means all ports, which no HTTP Service does
        ports.add(
            new EndpointSliceView.PortView(
                port.text("name", ""), port.number("port", 0), port.text("protocol", "TCP")));
      }
    }
    List<EndpointView> endpoints = new ArrayList<>();
    for (Fields endpoint : fields.each("endpoints")) {
      Fields conditions = endpoint.at("conditions");
      endpoints.add(
          new EndpointView(
              endpoint.texts("addresses"),
              conditions.flag("ready", true),
              conditions.flag("serving", true),
              conditions.flag("terminating", false),
              endpoint.textOrNull("zone"),
              zones(endpoint.at("hints"))));
    }
    return new EndpointSliceView(
        metadata.key(),
        new ObjectKey(metadata.key().namespace(), service),
        fields.text("addressType", "IPv4"),
        List.copyOf(ports),
        List.copyOf(endpoints));
  }

  private static List<String> zones(Fields hints) throws InvalidObject {
    if (!hints.has("forZones")) {
      return Collections.emptyList();
    }
    List<String> zones = new ArrayList<>();
    for (Fields zone : hints.each("forZones")) {
      zones.add(zone.text("name", ""));
    }
    return List.copyOf(zones);
  }
}
