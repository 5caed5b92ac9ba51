package config

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/switchhook/switchhook/internal/trunk"
)

// dialect fills in how SIP towards the trunk differs from the usual.
func (c *checker) dialect(key string, text trunkKeys, t *trunk.Trunk) {
	c.outboundProxy(key, text, t)
	if text.Register != nil {
		t.Register = &trunk.Registration{
			User:    text.Register.User,
			Expires: c.duration(key + ".register.expires"),
		}
	}
	t.Shown = trunk.Shown{
		FromUser: text.FromUser, FromDomain: text.FromDomain,
		Assertion:    trunk.Assertion(c.word(key+".identity", "")),
		DropIdentity: c.word(key+".stir", "") == "drop",
		Private:      c.word(key+".privacy", "") == "id",
	}
	t.Rewriting.Plan = trunk.Plan{Country: strings.TrimPrefix(text.Country, "+"), International: c.pick(key+".international-prefix", "").value}
	if text.National != nil {
		t.Rewriting.National = *text.National
		if t.Rewriting.National == "" {
			t.Rewriting.National = "-"
		}
	}
	for _, list := range []struct {
		name string
		from []ruleKeys
		to   *[]trunk.Rule
	}{
		{"called-in", text.Rewrite.CalledIn, &t.Rewriting.CalledIn}, {"calling-in", text.Rewrite.CallingIn, &t.Rewriting.CallingIn},
		{"called-out", text.Rewrite.CalledOut, &t.Rewriting.CalledOut}, {"calling-out", text.Rewrite.CallingOut, &t.Rewriting.CallingOut},
	} {
		*list.to = c.rules(key+".rewrite."+list.name, list.from)
	}
}

func (c *checker) rules(key string, texts []ruleKeys) (rules []trunk.Rule) {
	for i, text := range texts {
		rule, err := trunk.NewRule(text.Match, text.Replace)
		if err != nil {
			c.fail(c.at(fmt.Sprintf("%s[%d]", key, i)), "is refused: %v; match must be a .NET regular expression, such as ^00, and replace its replacement", err)
			continue
		}
		c.tryPattern(fmt.Sprintf("%s[%d].match", key, i), text.Match)
		rules = append(rules, rule)
	}
	return rules
}

// outboundProxy puts a proxy on the way to the trunk's host.
func (c *checker) outboundProxy(key string, text trunkKeys, t *trunk.Trunk) {
	if text.OutboundProxy == "" {
		return
	}
	s := c.at(key + ".outbound-proxy")
	host, port, err := net.SplitHostPort(text.OutboundProxy)
	if err != nil {
		host, port = strings.Trim(text.OutboundProxy, "[]"), "0"
	}
	n, err := strconv.Atoi(port)
	if err != nil || host == "" || n < 0 || n > 65535 || strings.Contains(host, "/") {
		c.fail(s, "is %q; it must be a host, or host:port, such as proxy.provider.example:5060", text.OutboundProxy)
	}
	if c.file.key(key + ".port").given {
		c.fail(s, "cannot be combined with port: write the port of the proxy after its name")
	}
	t.Domain, t.Host, t.Port = text.Host, host, n
}

// attestationHeader checks the header in which applications read the attestation of
// a caller. Applications see headers with this prefix only.
func (c *checker) attestationHeader(name string) string {
	const prefix = "X-MS-Custom-"
	if name == "" {
		return ""
	}
	rest := strings.TrimPrefix(strings.ToLower(name), strings.ToLower(prefix))
	if len(rest) == len(name) || rest == "" || len(name) > 64 || strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		c.fail(c.at("call.attestation-header"), "is %q; it must begin with %[2]s, such as %[2]sAttestation, and have 64 characters at most", name, prefix)
	}
	return name
}
