package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/datadir"
)

// greeting is what a person sees when the server is ready.
type greeting struct {
	Connection  string // connection string
	Addresses   datadir.Addresses
	PublicHosts []string
	Numbers     []string
	Data        string
	CA          string   // file to trust; "" with the operator's own certificate
	Missing     []string // optional parts, each with what adds it
}

// greet prints it from what the running server wrote.
func greet(w io.Writer, cfg config.Config, taken datadir.Addresses) error {
	connection, err := os.ReadFile(filepath.Join(cfg.Data, datadir.ConnectionStringFile))
	if err != nil {
		return err
	}
	g := greeting{
		Connection:  strings.TrimSpace(string(connection)),
		Addresses:   taken,
		PublicHosts: cfg.PublicHosts,
		Numbers:     cfg.Numbers,
		Data:        cfg.Data,
	}
	if cfg.Certificate.Cert == "" {
		g.CA = filepath.Join(cfg.Data, datadir.AuthorityFile)
	}
	for _, part := range missingParts() {
		g.Missing = append(g.Missing, part.missing())
	}
	return g.print(w)
}

func (g greeting) print(w io.Writer) error {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %-12s%s\n", name, value)
		}
	}
	b.WriteString("Switchhook is ready.\n\n")
	line("connection", g.Connection)
	line("HTTPS", prefixed("https://", g.Addresses.HTTPS))
	line("HTTP", prefixed("http://", g.Addresses.HTTP))
	line("SIP", prefixed("sip:", g.Addresses.SIP))
	line("SIP TLS", prefixed("sips:", g.Addresses.SIPS))
	line("WebRTC", g.Addresses.WebRTC)
	line("NATS", prefixed("nats://", g.Addresses.NATS))
	line("public", strings.Join(g.PublicHosts, ", "))
	line("numbers", strings.Join(g.Numbers, ", "))
	line("data", g.Data)
	if g.CA != "" {
		line("trust", "export NODE_EXTRA_CA_CERTS="+quote(g.CA)+"   (other programs: switchhook ca --env)")
	}
	for i, missing := range g.Missing {
		name := ""
		if i == 0 {
			name = "missing"
		}
		fmt.Fprintf(&b, "  %-12s%s\n", name, missing)
	}
	b.WriteString("\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func prefixed(scheme, address string) string {
	if address == "" {
		return ""
	}
	return scheme + address
}

// quote makes a text one word of a shell.
func quote(text string) string {
	if text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
