package config

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/trunk"
)

// registerText says that we register with a trunk.
type registerText struct {
	User    string `yaml:"user"`
	Expires string `yaml:"expires"`
}

// ruleText rewrites a number.
type ruleText struct {
	Match   string `yaml:"match"`
	Replace string `yaml:"replace"`
}

// dialect fills in how a trunk wants to be spoken to.
func (c *checker) dialect(key string, text trunkText, t *trunk.Trunk) {
	c.outboundProxy(key, text, t)
	if text.Register != nil {
		t.Register = &trunk.Registration{
			User:    text.Register.User,
			Expires: c.duration(key+".register.expires", text.Register.Expires, time.Hour, time.Minute, 24*time.Hour),
		}
	}
	t.Shown = trunk.Shown{
		FromUser: text.FromUser, FromDomain: text.FromDomain,
		Assertion:    trunk.Assertion(c.word(key+".identity", text.Identity, "asserted", "preferred", "none")),
		DropIdentity: c.word(key+".stir", text.Stir, "pass", "drop") == "drop",
		Private:      c.word(key+".privacy", text.Privacy, "none", "id") == "id",
	}
	t.Rewriting.Plan = trunk.Plan{Country: strings.TrimPrefix(text.Country, "+"), International: text.International}
	if text.National != nil {
		t.Rewriting.National = *text.National
		if t.Rewriting.National == "" {
			t.Rewriting.National = "-"
		}
	}
	for _, list := range []struct {
		name string
		from []ruleText
		to   *[]trunk.Rule
	}{
		{"called-in", text.Rewrite.CalledIn, &t.Rewriting.CalledIn}, {"calling-in", text.Rewrite.CallingIn, &t.Rewriting.CallingIn},
		{"called-out", text.Rewrite.CalledOut, &t.Rewriting.CalledOut}, {"calling-out", text.Rewrite.CallingOut, &t.Rewriting.CallingOut},
	} {
		*list.to = c.rules(key+".rewrite."+list.name, list.from)
	}
}

// word is one of a few words, the first where there is none.
func (c *checker) word(key, text string, allowed ...string) string {
	if text == "" {
		return allowed[0]
	}
	return c.oneOf(setting{name: c.file.where(key), value: text}, allowed...)
}

func (c *checker) rules(key string, texts []ruleText) (rules []trunk.Rule) {
	for i, text := range texts {
		rule, err := trunk.NewRule(text.Match, text.Replace)
		if err != nil {
			c.fail(setting{name: c.file.where(fmt.Sprintf("%s[%d]", key, i))}, "is refused: %v; match is a .NET regular expression, such as ^00, replace what stands for it", err)
			continue
		}
		rules = append(rules, rule)
	}
	return rules
}

// outboundProxy puts a proxy on the way to the trunk's host.
func (c *checker) outboundProxy(key string, text trunkText, t *trunk.Trunk) {
	if text.OutboundProxy == "" {
		return
	}
	s := setting{name: c.file.where(key + ".outbound-proxy")}
	host, port, err := net.SplitHostPort(text.OutboundProxy)
	if err != nil {
		host, port = strings.Trim(text.OutboundProxy, "[]"), "0"
	}
	n, err := strconv.Atoi(port)
	if err != nil || host == "" || n < 0 || n > 65535 || strings.Contains(host, "/") {
		c.fail(s, "is %q; it must be a host, or host:port, such as proxy.provider.example:5060", text.OutboundProxy)
	}
	if text.Port != 0 {
		c.fail(s, "goes without port: the proxy's port stands behind its name, and the host's is its own affair")
	}
	t.Domain, t.Host, t.Port = text.Host, host, n
}

// attestationHeader checks the header in which applications read who vouches for
// a caller: they see no others than theirs.
func (c *checker) attestationHeader(name string) string {
	const prefix = "X-MS-Custom-"
	if name == "" {
		return ""
	}
	rest := strings.TrimPrefix(strings.ToLower(name), strings.ToLower(prefix))
	if len(rest) == len(name) || rest == "" || len(name) > 64 || strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		c.fail(setting{name: c.file.where("call.attestation-header")}, "is %q; it must be such as %sAttestation, 64 characters at most", name, prefix)
	}
	return name
}
