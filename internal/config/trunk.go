package config

import (
	"crypto/x509"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/trunk"
)

// trunks checks trunks and routes. Without a trunk there is the loopback one,
// for phones on this machine.
func (c *checker) trunks(trunkTexts []trunkText, routeTexts []routeText) ([]trunk.Trunk, []trunk.Route) {
	var trunks []trunk.Trunk
	for i, text := range trunkTexts {
		trunks = append(trunks, c.trunk(fmt.Sprintf("trunks[%d]", i), text))
	}
	if trunkTexts == nil { // an empty list is a choice
		trunks = []trunk.Trunk{trunk.Loopback(0)}
	}
	var routes []trunk.Route
	for _, text := range routeTexts {
		routes = append(routes, trunk.Route{Name: text.Name, Pattern: text.Pattern, Trunks: text.Trunks})
	}
	if _, err := trunk.NewTable(trunks, routes); err != nil {
		c.fail(setting{name: c.file.name + ": trunks and routes:"}, "%v", err)
	}
	return trunks, routes
}

func (c *checker) trunk(key string, text trunkText) trunk.Trunk {
	t := trunk.Trunk{
		Name:      text.Name,
		Host:      text.Host,
		Port:      text.Port,
		Transport: trunk.Transport(strings.ToLower(text.Transport)),
		Username:  text.Username,
		Password:  trunk.Secret(text.Password),

		CallerIDs:      c.callerIDs(key+".caller-ids", text.CallerIDs),
		MaxCalls:       c.limit(key+".max-calls", text.MaxCalls, 100_000),
		CallsPerSecond: c.limit(key+".calls-per-second", text.CallsPerSecond, 100_000),

		Ping:            c.duration(key+".ping", text.Ping, 0, time.Second, 24*time.Hour),
		Roots:           c.authorities(key+".roots", text.Roots),
		SRTP:            trunk.SRTP(strings.ToLower(text.SRTP)),
		PTime:           c.duration(key+".ptime", text.PTime, 0, 10*time.Millisecond, 60*time.Millisecond),
		Refer:           trunk.Refer(strings.ToLower(text.Refer)),
		AcceptRefer:     trunk.AcceptRefer(strings.ToLower(text.Accept)),
		InboundUsername: text.Inbound.Username,
		InboundPassword: trunk.Secret(text.Inbound.Password),
	}
	c.dialect(key, text, &t)
	t.Sources = c.networks(key+".sources", text.Sources)
	for _, name := range text.Codecs {
		name = strings.ToUpper(name)
		if !slices.Contains(trunkCodecs, name) {
			c.fail(setting{name: c.file.where(key + ".codecs")}, "has %q; it must be one of %s", name, strings.Join(trunkCodecs, ", "))
			continue
		}
		t.Codecs = append(t.Codecs, name)
	}
	if len(t.Codecs) > 0 && len(MissingCodecs(t)) == len(t.Codecs) {
		c.fail(setting{name: c.file.where(key + ".codecs")}, "leaves no codec: %v", codec.OpusMissing())
	}
	return t
}

// MissingCodecs are those of a trunk that this system lacks: Opus may be one.
func MissingCodecs(t trunk.Trunk) (list []string) {
	for _, name := range t.Codecs {
		if _, ok := codec.Named(name); !ok {
			list = append(list, name)
		}
	}
	return list
}

// authorities reads a file of certificates; nil where none is named.
func (c *checker) authorities(key, name string) *x509.CertPool {
	if name == "" {
		return nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		c.fail(setting{name: c.file.where(key)}, "cannot be read: %v", err)
		return nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		c.fail(setting{name: c.file.where(key)}, "%s holds no certificate in PEM", name)
	}
	return pool
}

// trunkCodecs are the codecs that this version carries.
var trunkCodecs = []string{"PCMU", "PCMA", "G722", "OPUS"}
