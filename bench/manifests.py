"""Folders of manifests for the bench, as JSON (which is YAML): big ones, and always the same."""

import base64
import json
import pathlib
import subprocess

CLASS = "nginx"


def write(file, documents):
    """Writes the file beside its place and renames it, as an editor does."""
    draft = file.with_suffix(".draft")
    draft.write_text("\n---\n".join(json.dumps(document) for document in documents) + "\n")
    draft.rename(file)


def self_signed(folder, host):
    """A certificate for the host and its key, both as paths; made once."""
    certificate, key = folder / f"{host}.crt", folder / f"{host}.key"
    if not certificate.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650",
             "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}", "-keyout", key, "-out", certificate],
            check=True, capture_output=True)
    return certificate, key


def meta(name, namespace="", annotations=None, labels=None):
    result = {"name": name}
    if namespace:
        result["namespace"] = namespace
    if annotations:
        result["annotations"] = {f"nginx.ingress.kubernetes.io/{k}": v for k, v in annotations.items()}
    if labels:
        result["labels"] = labels
    return result


def ingress_class():
    return {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": meta(CLASS),
            "spec": {"controller": "k8s.io/ingress-nginx"}}


def many_requests():
    """A connection of a client may bring as many requests as it likes, as at the rivals in the bench."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta("ingress-nginx-controller", "ingress-nginx"),
            "data": {"keep-alive-requests": "100000000"}}


def service(namespace, name, port):
    """A Service and the EndpointSlice that leads it to a port of 127.0.0.1."""
    return [
        {"apiVersion": "v1", "kind": "Service", "metadata": meta(name, namespace),
         "spec": {"ports": [{"name": "http", "port": 80, "targetPort": "http"}]}},
        {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
         "metadata": meta(f"{name}-1", namespace, labels={"kubernetes.io/service-name": name}), "addressType": "IPv4",
         "ports": [{"name": "http", "port": port, "protocol": "TCP"}],
         "endpoints": [{"addresses": ["127.0.0.1"], "conditions": {"ready": True}}]},
    ]


def secret(namespace, name, certificate, key):
    def encoded(file):
        return base64.b64encode(pathlib.Path(file).read_bytes()).decode()
    return {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "metadata": meta(name, namespace),
            "data": {"tls.crt": encoded(certificate), "tls.key": encoded(key)}}


def ingress(namespace, name, host, path, to, tls=None, annotations=None):
    spec = {"ingressClassName": CLASS,
            "rules": [{"host": host, "http": {"paths": [
                {"path": path, "pathType": "Prefix", "backend": {"service": {"name": to, "port": {"number": 80}}}}]}}]}
    if tls:
        spec["tls"] = [{"hosts": [host], "secretName": tls}]
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta(name, namespace, annotations),
            "spec": spec}


def load_folder(folder, certificate, key, port, hosts=1000):
    """The host that is loaded, localhost, among a thousand others."""
    folder.mkdir(parents=True)
    documents = [ingress_class(), many_requests()] + service("bench", "backend", port)
    documents.append(secret("bench", "localhost", certificate, key))
    documents.append(ingress("bench", "localhost", "localhost", "/", "backend", "localhost", {"ssl-redirect": "false"}))
    write(folder / "bench.yaml", documents)
    for part in range(0, hosts, 100):
        write(folder / f"others-{part}.yaml",
              [ingress("bench", f"other-{i}", f"h{i}.bench.example", "/", "backend") for i in range(part, min(part + 100, hosts))])


class Scale:
    """1,000 hosts with a certificate each, 5 Ingresses a host, 500 Services; a file for each of 100 namespaces."""

    NAMESPACES, HOSTS, PATHS, SERVICES = 100, 1000, 5, 500

    def __init__(self, folder, certificates, port):
        self.folder, self.certificates, self.port = folder, certificates, port

    def host(self, index):
        return f"h{index}.scale.example"

    def file(self, index):
        return self.folder / f"ns-{index % self.NAMESPACES}.yaml"

    def documents(self, namespace, further=()):
        name = f"ns-{namespace}"
        result = [{"apiVersion": "v1", "kind": "Namespace", "metadata": meta(name)}]
        if namespace == 0:
            result.append(ingress_class())
        services = self.SERVICES // self.NAMESPACES
        for s in range(services):
            result += service(name, f"s{s}", self.port)
        for i in range(namespace, self.HOSTS, self.NAMESPACES):
            host = self.host(i)
            result.append(secret(name, host, *self_signed(self.certificates, host)))
            for p in range(self.PATHS):
                result.append(ingress(name, f"h{i}-p{p}", host, f"/p{p}", f"s{(i + p) % services}", host))
        result += further
        if len(result) > 100:
            raise ValueError(f"{len(result)} documents in {name}")
        return result

    def write(self):
        self.folder.mkdir(parents=True)
        for namespace in range(self.NAMESPACES):
            write(self.folder / f"ns-{namespace}.yaml", self.documents(namespace))

    def edit(self, index, path):
        """Adds a path to a host; what is measured begins with the rename in write()."""
        namespace = index % self.NAMESPACES
        further = [ingress(f"ns-{namespace}", "edit", self.host(index), path, "s0", self.host(index))]
        return self.documents(namespace, further)
