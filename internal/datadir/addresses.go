package datadir

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Addresses are the listeners that a running server opened, each as host:port
// that this machine can connect to; "" if the listener is off.
type Addresses struct {
	HTTPS  string `json:"https,omitempty"`
	HTTP   string `json:"http,omitempty"`
	SIP    string `json:"sip,omitempty"`
	SIPS   string `json:"sips,omitempty"`
	WebRTC string `json:"webrtc,omitempty"`
	TURN   string `json:"turn,omitempty"`
	TURNS  string `json:"turns,omitempty"`
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

// Announce writes the addresses for scripts and commands. Programs wait for this
// file to know that the server is ready, so it is written last.
func (d *Dir) Announce(a Addresses) error {
	text, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return err
	}
	return d.SaveFile(AddressesFile, append(text, '\n'))
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
