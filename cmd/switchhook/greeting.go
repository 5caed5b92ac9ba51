package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/doctor"
)

// greeting is what a person sees when the server is ready.
type greeting struct {
	Connection  string // connection string, or where it is
	Console     string // address of the page
	Addresses   datadir.Addresses
	PublicHosts []string
	Numbers     []string
	Data        string
	CA          string   // file to trust; "" with the operator's own certificate
	Missing     []string // optional parts, each with what adds it
}

// greet prints it from what the running server wrote. The connection string has an access
// key, and what a service prints is kept in a log that others read: a server that other
// machines reach prints where it is.
func greet(w io.Writer, cfg config.Config, taken datadir.Addresses, console string) error {
	file := filepath.Join(cfg.Data, datadir.ConnectionStringFile)
	connection := "in " + file + "   (or: switchhook keys show)"
	if cfg.Local() {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		connection = strings.TrimSpace(string(text))
	}
	g := greeting{
		Connection:  connection,
		Console:     console,
		Addresses:   taken,
		PublicHosts: cfg.PublicHosts,
		Numbers:     cfg.Numbers,
		Data:        cfg.Data,
	}
	if cfg.Certificate.Cert == "" {
		g.CA = filepath.Join(cfg.Data, datadir.AuthorityFile)
	}
	for _, part := range doctor.Missing() {
		g.Missing = append(g.Missing, part.Missing())
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
	line("console", g.Console)
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
		line("trust", "export NODE_EXTRA_CA_CERTS="+doctor.Quote(g.CA)+"   (other programs: switchhook ca --env)")
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
