package server

import (
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/switchhook/switchhook/internal/auth"
)

// Addresses are the doors that a running server opened, each as host:port that
// this machine can connect to; "" is closed.
type Addresses struct {
	HTTPS  string `json:"https,omitempty"`
	HTTP   string `json:"http,omitempty"`
	SIP    string `json:"sip,omitempty"`
	SIPS   string `json:"sips,omitempty"`
	WebRTC string `json:"webrtc,omitempty"`
	NATS   string `json:"nats,omitempty"` // for events
}

// Endpoint is the URL that SDKs on this machine take, with a final slash as
// Azure writes it.
func (a Addresses) Endpoint() string {
	if a.HTTPS == "" {
		return "http://" + a.HTTP + "/"
	}
	return "https://" + a.HTTPS + "/"
}

// ConnectionString is what applications are configured with.
func (r *Resource) ConnectionString(endpoint string, slot auth.Slot) string {
	return "endpoint=" + endpoint + ";accesskey=" + r.Keys.Get(slot).Base64()
}

// Announce writes the addresses taken and the connection string, for scripts.
func (r *Resource) Announce(a Addresses) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.endpoint = a.Endpoint()
	if err := r.saveConnectionString(); err != nil {
		return err
	}
	text, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return err
	}
	// Last: who waits for this file finds the others written.
	return r.data.SaveFile(AddressesFile, append(text, '\n'))
}

// saveConnectionString follows the keys; before the first announcement there
// is nothing to follow. The caller holds mu.
func (r *Resource) saveConnectionString() error {
	if r.endpoint == "" {
		return nil
	}
	return r.data.SaveFile(ConnectionStringFile, []byte(r.ConnectionString(r.endpoint, auth.Primary)+"\n"))
}

// ReadAddresses reads what a running server announced.
func ReadAddresses(dir string) (Addresses, error) {
	var a Addresses
	name := filepath.Join(dir, AddressesFile)
	text, err := os.ReadFile(name)
	if err != nil {
		return a, fmt.Errorf("no server is running on this data directory: %w", err)
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return a, fmt.Errorf("read %s: %w", name, err)
	}
	return a, nil
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
	text, err := os.ReadFile(filepath.Join(dir, ConnectionStringFile))
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

// reachable is the host that this machine connects to for a listening one: a
// wildcard is reached through loopback.
func reachable(host, loopback string) string {
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		return loopback
	}
	return host
}

// doorHost is the host of a door that listens on one address; "" for a closed
// door and for a wildcard.
func doorHost(door string) string {
	host, _, err := net.SplitHostPort(door)
	if err != nil {
		return ""
	}
	return reachable(host, "")
}
