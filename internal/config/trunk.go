package config

import (
	"crypto/x509"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/trunk"
)

// trunks checks trunks and routes. If the key is absent there is the loopback
// trunk, for phones on this machine.
func (c *checker) trunks(trunkTexts []trunkKeys, routeTexts []routeKeys) ([]trunk.Trunk, []trunk.Route) {
	var trunks []trunk.Trunk
	told := make([]bool, max(len(trunkTexts), 1)) // what is wrong with the trunk
	for i, text := range trunkTexts {
		before := len(c.problems)
		trunks = append(trunks, c.trunk(fmt.Sprintf("trunks[%d]", i), text))
		told[i] = len(c.problems) > before
	}
	if trunkTexts == nil { // an empty list is a choice
		trunks = []trunk.Trunk{trunk.Loopback(0)}
	}
	var routes []trunk.Route
	for i, text := range routeTexts {
		c.tryPattern(fmt.Sprintf("routes[%d].pattern", i), text.Pattern)
		routes = append(routes, trunk.Route{Name: text.Name, Pattern: text.Pattern, Trunks: text.Trunks})
	}
	c.table(trunks, told, routes)
	return trunks, routes
}

// table checks trunks and routes as the server's table does, one by one, so that each mistake has its line.
func (c *checker) table(trunks []trunk.Trunk, told []bool, routes []trunk.Route) {
	var good, named []trunk.Trunk // named has something in place of each that is wrong: routes may name it
	for i, t := range trunks {
		if _, err := trunk.NewTable(append(slices.Clone(good), t), nil); err != nil {
			if !told[i] {
				c.fail(c.at(fmt.Sprintf("trunks[%d]", i)), "is refused: %s", strings.TrimPrefix(err.Error(), "trunk "+t.Name+": "))
			}
			if t.Name != "" && !hasTrunk(named, t.Name) {
				named = append(named, trunk.Trunk{Name: t.Name, Host: "127.0.0.1"})
			}
			continue
		}
		good, named = append(good, t), append(named, t)
	}
	failed := len(c.problems)
	for i, route := range routes {
		if _, err := trunk.NewTable(named, []trunk.Route{route}); err != nil {
			c.fail(c.at(fmt.Sprintf("routes[%d]", i)), "is refused: %s", strings.TrimPrefix(err.Error(), "route "+route.Name+": "))
		}
	}
	if _, err := trunk.NewTable(named, routes); err != nil && failed == len(c.problems) {
		c.fail(c.at("routes"), "are refused: %v", err) // too many of them
	}
}

// tryPattern refuses a pattern of a route or a rule that backtracks without end. What is
// no expression at all is refused elsewhere.
func (c *checker) tryPattern(key, text string) {
	pattern, err := trunk.NewPattern(text)
	if err != nil {
		return
	}
	if err := pattern.Try(); err != nil {
		c.fail(c.at(key), "is too slow: %v; write it so that there is one way to match a number, such as ^\\+44\\d+$", err)
	}
}

func (c *checker) trunk(key string, text trunkKeys) trunk.Trunk {
	t := trunk.Trunk{
		Name:      text.Name,
		Host:      text.Host,
		Port:      c.count(key + ".port"),
		Transport: trunk.Transport(c.word(key+".transport", "")),
		Username:  text.Username,
		Password:  trunk.Secret(text.Password),

		CallerIDs:      c.callerIDs(key+".caller-ids", text.CallerIDs),
		MaxCalls:       c.count(key + ".max-calls"),
		CallsPerSecond: c.count(key + ".calls-per-second"),

		Ping:            c.duration(key + ".ping"),
		Roots:           c.authorities(key + ".roots"),
		SRTP:            trunk.SRTP(c.word(key+".srtp", "")),
		PTime:           c.duration(key + ".ptime"),
		Keys:            trunk.Keys(c.word(key+".dtmf", "")),
		Refer:           trunk.Refer(c.word(key+".refer", "")),
		AcceptRefer:     trunk.AcceptRefer(c.word(key+".accept-refer", "")),
		InboundUsername: text.Inbound.Username,
		InboundPassword: trunk.Secret(text.Inbound.Password),
	}
	c.dialect(key, text, &t)
	t.Sources = c.networks(key + ".sources")
	allowed := c.file.key(key + ".codecs").words("of")
	for _, name := range text.Codecs {
		name = strings.ToUpper(name)
		if !slices.Contains(allowed, name) {
			c.fail(c.at(key+".codecs"), "has %q; it must be one of %s", name, strings.Join(allowed, ", "))
			continue
		}
		t.Codecs = append(t.Codecs, name)
	}
	if len(t.Codecs) > 0 && len(MissingCodecs(t)) == len(t.Codecs) {
		c.fail(c.at(key+".codecs"), "has no codec that this system can use: %v", codec.OpusMissing())
	}
	return t
}

// MissingCodecs are the codecs of a trunk that this system cannot use: Opus needs a
// library.
func MissingCodecs(t trunk.Trunk) (list []string) {
	for _, name := range t.Codecs {
		if _, ok := codec.Named(name); !ok {
			list = append(list, name)
		}
	}
	return list
}

// authorities reads a file of certificates; nil if the key is absent.
func (c *checker) authorities(path string) *x509.CertPool {
	name := c.file.key(path).text()
	if name == "" {
		return nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		c.fail(c.at(path), "cannot be read: %v", err)
		return nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		c.fail(c.at(path), "is %s, which has no PEM certificate", name)
	}
	return pool
}
