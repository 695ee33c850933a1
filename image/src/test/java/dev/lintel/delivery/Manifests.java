package dev.lintel.delivery;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// What a small cluster holds, as JSON: one host with a certificate, a Service on loopback, and an
/// Ingress for each thing that users mostly do. User `demo` has the password `lintel`.
///
/// @param text JSON of one object, without line breaks
record Manifests(String kind, String namespace, String name, String text) {
  static final String HOST = "train.localhost";
  private static final int HOSTS = 500;
  private static final int PATHS = 5;

  static List<Manifests> create(SelfSigned tls, int backendPort) {
    List<Manifests> all = new ArrayList<>();
    all.add(object("v1", "Namespace", "", "app", ""));
    all.add(
        object(
            "networking.k8s.io/v1",
            "IngressClass",
            "",
            "nginx",
            "'spec':{'controller':'k8s.io/ingress-nginx'}"));
    all.add(
        object(
            "v1",
            "ConfigMap",
            "edge",
            "edge-controller",
            "'data':{'use-port-in-redirects':'true','hsts':'true'}"));
    all.add(
        object(
            "v1",
            "Service",
            "edge",
            "edge-controller",
            "'spec':{'type':'LoadBalancer','ports':[{'name':'http','port':80}]},'status':{'loadBalancer':{'ingress':[{'ip':'192.0.2.1'}]}}"));
    all.add(service("web"));
    all.add(slice("web", backendPort));
    all.add(certificate("tls", tls));
    all.add(
        object(
            "v1",
            "Secret",
            "app",
            "users",
            "'type':'Opaque','data':{'auth':'"
                + base64("demo:$apr1$8A3HS7oG$PD6nVKHtEggBKW2O2unss.\n")
                + "'}"));
    all.add(ingress("plain", "/", "Prefix", ""));
    all.add(ingress("exact", "/exact", "Exact", "'ssl-redirect':'false'"));
    all.add(
        ingress(
            "rewritten",
            "/old(/|$)(.*)",
            "ImplementationSpecific",
            "'use-regex':'true','rewrite-target':'/new/$2'"));
    all.add(
        ingress("limited", "/limited", "Prefix", "'limit-rps':'100','limit-connections':'1000'"));
    all.add(
        ingress(
            "members",
            "/members",
            "Prefix",
            "'auth-type':'basic','auth-secret':'users','auth-realm':'Members'"));
    for (int i = 0; i < 50; i++) {
      all.add(ingress("more-" + i, "/more/" + i, "Prefix", ""));
    }
    return all;
  }

  /// The same and many more hosts, of which nothing will be asked. To read a large cluster is what
  /// takes long at a start, so what reads and compiles should be known to be hot.
  static List<Manifests> createLarge(SelfSigned tls, int backendPort) {
    List<Manifests> all = create(tls, backendPort);
    for (int i = 0; i < HOSTS; i++) {
      String name = "large-" + i;
      all.add(service(name));
      all.add(slice(name, backendPort));
      all.add(certificate(name, tls));
      for (int path = 0; path < PATHS; path++) {
        all.add(
            ingress(
                name + "-" + path,
                new Place(name + "." + HOST, name, name),
                "/p" + path,
                "Prefix",
                "'rewrite-target':'/" + name + "'"));
      }
    }
    return all;
  }

  private static Manifests service(String name) {
    return object(
        "v1",
        "Service",
        "app",
        name,
        "'spec':{'ports':[{'name':'http','port':80,'targetPort':'http'}]}");
  }

  private static Manifests slice(String service, int port) {
    return object(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        "app",
        service,
        "'addressType':'IPv4','ports':[{'name':'http','port':"
            + port
            + ",'protocol':'TCP'}],"
            + "'endpoints':[{'addresses':['127.0.0.1'],'conditions':{'ready':true,'serving':true}}]");
  }

  private static Manifests certificate(String name, SelfSigned tls) {
    return object(
        "v1",
        "Secret",
        "app",
        name,
        "'type':'kubernetes.io/tls','data':{'tls.crt':'"
            + base64(tls.certificate())
            + "','tls.key':'"
            + base64(tls.key())
            + "'}");
  }

  /// Where an Ingress applies, and where it leads.
  private record Place(String host, String secret, String service) {}

  /// One file that `serve` takes.
  static String file(List<Manifests> all) {
    return String.join("\n---\n", all.stream().map(Manifests::text).toList()) + "\n";
  }

  private static Manifests ingress(String name, String path, String pathType, String annotations) {
    return ingress(name, new Place(HOST, "tls", "web"), path, pathType, annotations);
  }

  private static Manifests ingress(
      String name, Place place, String path, String pathType, String annotations) {
    String prefixed = annotations.replaceAll("'([a-z-]+)':", "'nginx.ingress.kubernetes.io/$1':");
    return object(
        "networking.k8s.io/v1",
        "Ingress",
        "app",
        name,
        "'spec':{'ingressClassName':'nginx','tls':[{'hosts':['"
            + place.host()
            + "'],'secretName':'"
            + place.secret()
            + "'}],"
            + "'rules':[{'host':'"
            + place.host()
            + "','http':{'paths':[{'path':'"
            + path
            + "','pathType':'"
            + pathType
            + "','backend':{'service':{'name':'"
            + place.service()
            + "','port':{'number':80}}}}]}}]}",
        prefixed);
  }

  private static Manifests object(
      String api, String kind, String namespace, String name, String rest) {
    return object(api, kind, namespace, name, rest, "");
  }

  private static Manifests object(
      String api, String kind, String namespace, String name, String rest, String annotations) {
    String text =
        "{'apiVersion':'"
            + api
            + "','kind':'"
            + kind
            + "','metadata':{'name':'"
            + name
            + "',"
            + (namespace.isEmpty() ? "" : "'namespace':'" + namespace + "',")
            + "'uid':'"
            + kind
            + "-"
            + name
            + "','resourceVersion':'10','generation':1,"
            + (kind.equals("EndpointSlice")
                ? "'labels':{'kubernetes.io/service-name':'" + name + "'},"
                : "")
            + "'annotations':{"
            + annotations
            + "},'creationTimestamp':'2026-01-01T00:00:00Z'}"
            + (rest.isEmpty() ? "" : "," + rest)
            + "}";
    return new Manifests(kind, namespace, name, text.replace('\'', '"'));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }
}
