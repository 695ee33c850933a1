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
    all.add(
        object(
            "v1",
            "Service",
            "app",
            "web",
            "'spec':{'ports':[{'name':'http','port':80,'targetPort':'http'}]}"));
    all.add(
        object(
            "discovery.k8s.io/v1",
            "EndpointSlice",
            "app",
            "web-1",
            "'addressType':'IPv4','ports':[{'name':'http','port':"
                + backendPort
                + ",'protocol':'TCP'}],"
                + "'endpoints':[{'addresses':['127.0.0.1'],'conditions':{'ready':true,'serving':true}}]"));
    all.add(
        object(
            "v1",
            "Secret",
            "app",
            "tls",
            "'type':'kubernetes.io/tls','data':{'tls.crt':'"
                + base64(tls.certificate())
                + "','tls.key':'"
                + base64(tls.key())
                + "'}"));
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

  /// One file that `serve` takes.
  static String file(List<Manifests> all) {
    return String.join("\n---\n", all.stream().map(Manifests::text).toList()) + "\n";
  }

  private static Manifests ingress(String name, String path, String pathType, String annotations) {
    String prefixed = annotations.replaceAll("'([a-z-]+)':", "'nginx.ingress.kubernetes.io/$1':");
    return object(
        "networking.k8s.io/v1",
        "Ingress",
        "app",
        name,
        "'spec':{'ingressClassName':'nginx','tls':[{'hosts':['"
            + HOST
            + "'],'secretName':'tls'}],"
            + "'rules':[{'host':'"
            + HOST
            + "','http':{'paths':[{'path':'"
            + path
            + "','pathType':'"
            + pathType
            + "','backend':{'service':{'name':'web','port':{'number':80}}}}]}}]}",
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
            + (kind.equals("EndpointSlice") ? "'labels':{'kubernetes.io/service-name':'web'}," : "")
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
