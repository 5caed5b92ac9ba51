package e2e

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// registry is one of npm on loopback: it has the packages of a node_modules directory, and
// those that were packed by npm.
type registry struct {
	modules string            // a node_modules directory
	packed  map[string]string // tarballs by name; each beside its package.json
	url     string
	close   func()
}

// newRegistry serves until it is closed.
func newRegistry(modules string, packed map[string]string) *registry {
	r := &registry{modules: modules, packed: packed}
	server := httptest.NewServer(http.HandlerFunc(r.serve))
	r.url, r.close = server.URL, server.Close
	return r
}

// directory is where the package.json of a package is.
func (r *registry) directory(name string) string {
	if packed := r.packed[name]; packed != "" {
		return filepath.Dir(packed)
	}
	return filepath.Join(r.modules, name)
}

// serve answers GET /NAME with what npm asks for first, and GET /-/NAME with the package.
func (r *registry) serve(out http.ResponseWriter, request *http.Request) {
	name, err := url.PathUnescape(strings.TrimPrefix(request.URL.EscapedPath(), "/"))
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	if wanted, is := strings.CutPrefix(name, "-/"); is {
		r.tarball(out, request, wanted)
		return
	}
	text, err := os.ReadFile(filepath.Join(r.directory(name), "package.json"))
	var pkg map[string]any
	if err != nil || json.Unmarshal(text, &pkg) != nil {
		http.NotFound(out, request)
		return
	}
	pkg["dist"] = values{"tarball": r.url + "/-/" + url.PathEscape(name)}
	version := pkg["version"].(string)
	json.NewEncoder(out).Encode(values{"name": name, "dist-tags": values{"latest": version}, "versions": values{version: pkg}})
}

func (r *registry) tarball(out http.ResponseWriter, request *http.Request, name string) {
	if packed := r.packed[name]; packed != "" {
		http.ServeFile(out, request, packed)
		return
	}
	dir := os.DirFS(r.directory(name))
	zipped := gzip.NewWriter(out)
	defer zipped.Close()
	archive := tar.NewWriter(zipped)
	defer archive.Close()
	fs.WalkDir(dir, ".", func(path string, entry fs.DirEntry, err error) error { // npm tells of an archive that ends too soon
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(dir, path)
		if err != nil {
			return err
		}
		if err := archive.WriteHeader(&tar.Header{Name: "package/" + path, Mode: 0o644, Size: int64(len(content))}); err != nil {
			return err
		}
		_, err = archive.Write(content)
		return err
	})
}
