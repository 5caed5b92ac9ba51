package resource

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/datadir"
)

// ConnectionString is what applications are configured with.
func (r *Resource) ConnectionString(endpoint string, slot auth.Slot) string {
	return "endpoint=" + endpoint + ";accesskey=" + r.Keys.Get(slot).Base64()
}

// Announce writes the connection string with the endpoint that the server has
// now, for scripts.
func (r *Resource) Announce(endpoint string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.endpoint = endpoint
	return r.saveConnectionString()
}

// saveConnectionString writes the file anew after a key has changed. Before the
// first announcement there is no file. The caller holds mu.
func (r *Resource) saveConnectionString() error {
	if r.endpoint == "" {
		return nil
	}
	return r.dir.SaveFile(datadir.ConnectionStringFile, []byte(r.ConnectionString(r.endpoint, auth.Primary)+"\n"))
}

// Connection is how an application reaches a resource.
type Connection struct {
	Endpoint *url.URL
	Key      auth.Key
}

// ParseConnection reads a connection string: endpoint and accesskey in either
// order, names in any case.
func ParseConnection(text string) (Connection, error) {
	endpoint, accessKey, err := cutConnectionString(text)
	if err != nil {
		return Connection{}, err
	}
	u, err := url.Parse(endpoint)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return Connection{}, fmt.Errorf("the connection string's endpoint must be https://host:port/ or http://host:port/")
	}
	key, err := auth.ParseKey(accessKey)
	if err != nil {
		return Connection{}, fmt.Errorf("the connection string's accesskey: %w", err)
	}
	return Connection{u, key}, nil
}

// ReadConnection reads the connection string that a server left in its data
// directory.
func ReadConnection(dir string) (Connection, error) {
	text, err := os.ReadFile(filepath.Join(dir, datadir.ConnectionStringFile))
	if err != nil {
		return Connection{}, fmt.Errorf("no server has run on this data directory yet: %w", err)
	}
	return ParseConnection(string(text))
}

func cutConnectionString(text string) (endpoint, accessKey string, err error) {
	for part := range strings.SplitSeq(strings.TrimSpace(text), ";") {
		name, value, _ := strings.Cut(part, "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "endpoint":
			endpoint = value
		case "accesskey":
			accessKey = value
		}
	}
	if endpoint == "" || accessKey == "" {
		return "", "", fmt.Errorf("a connection string is endpoint=https://host:port/;accesskey=…")
	}
	return endpoint, accessKey, nil
}
