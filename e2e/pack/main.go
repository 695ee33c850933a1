// Command pack puts one static program into an OCI image archive, without a container engine:
// pack OUT.tar NAME:TAG PROGRAM. The program becomes the entry point, run as user 65532.
package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

type object = map[string]any

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: pack OUT.tar NAME:TAG PROGRAM")
		os.Exit(2)
	}
	out, name, program := os.Args[1], os.Args[2], os.Args[3]
	entry := "/" + filepath.Base(program)
	layer := archive(file{entry[1:], 0o755, must(os.ReadFile(program))})
	config := encode(object{
		"architecture": runtime.GOARCH, "os": "linux",
		"config":  object{"Entrypoint": []string{entry}, "User": "65532:65532"},
		"rootfs":  object{"type": "layers", "diff_ids": []string{digest(layer)}},
		"history": []object{{"created_by": "pack"}},
	})
	manifest := encode(object{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
		"config": descriptor("config.v1+json", config), "layers": []object{descriptor("layer.v1.tar", layer)},
	})
	top := descriptor("manifest.v1+json", manifest)
	top["annotations"] = object{
		"io.containerd.image.name":          name,
		"org.opencontainers.image.ref.name": name[strings.LastIndex(name, ":")+1:],
	}
	index := encode(object{"schemaVersion": 2, "manifests": []object{top}})
	files := []file{{"oci-layout", 0o644, []byte(`{"imageLayoutVersion":"1.0.0"}`)}, {"index.json", 0o644, index}}
	for _, blob := range [][]byte{config, layer, manifest} {
		files = append(files, file{"blobs/sha256/" + digest(blob)[len("sha256:"):], 0o644, blob})
	}
	if err := os.WriteFile(out, archive(files...), 0o644); err != nil {
		panic(err)
	}
}

type file struct {
	path string
	mode int64
	data []byte
}

func archive(files ...file) []byte {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, f := range files {
		must(0, w.WriteHeader(&tar.Header{Name: f.path, Mode: f.mode, Size: int64(len(f.data)), Format: tar.FormatUSTAR}))
		must(w.Write(f.data))
	}
	must(0, w.Close())
	return out.Bytes()
}

func descriptor(kind string, blob []byte) object {
	return object{"mediaType": "application/vnd.oci.image." + kind, "digest": digest(blob), "size": len(blob)}
}

func digest(blob []byte) string {
	sum := sha256.Sum256(blob)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func encode(value any) []byte { return must(json.Marshal(value)) }

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
