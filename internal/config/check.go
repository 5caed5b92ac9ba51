package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/certificate"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/resource"
)

// setting is one value with the name of the place that it came from.
type setting struct {
	name  string
	value string
	list  []string
}

// checker turns settings into values, and gathers what is wrong.
type checker struct {
	file     *configFile
	problems []error
}

func (c *checker) err() error { return errors.Join(c.problems...) }

func (c *checker) fail(s setting, format string, args ...any) {
	c.problems = append(c.problems, fmt.Errorf("%s %s", s.name, fmt.Sprintf(format, args...)))
}

// pick takes the flag, else the file's value, else the default.
func (c *checker) pick(key, flag, inFile, otherwise string) setting {
	switch {
	case flag != "":
		return setting{name: flagName(key), value: flag}
	case inFile != "":
		return setting{name: c.file.where(key), value: inFile}
	}
	return setting{name: "--" + key, value: otherwise}
}

func (c *checker) pickList(key string, flag, inFile, otherwise []string) setting {
	switch {
	case len(flag) > 0:
		return setting{name: flagName(key), list: flag}
	case inFile != nil: // an empty list is a choice
		return setting{name: c.file.where(key), list: inFile}
	}
	return setting{name: "--" + key, list: otherwise}
}

// flagName names both ways to give a flag, since either may have been used.
func flagName(key string) string {
	return "--" + key + " (or SWITCHHOOK_" + strings.ToUpper(strings.ReplaceAll(key, "-", "_")) + ")"
}

func (c *checker) dataDir(s setting) string {
	if s.value == "" {
		dir, err := datadir.Default()
		if err != nil {
			c.problems = append(c.problems, err)
		}
		return dir
	}
	dir, err := filepath.Abs(s.value)
	if err != nil {
		c.fail(s, "%v", err)
	}
	return dir
}

// address checks host:port. The host is an address, a name or nothing (all addresses).
func (c *checker) address(s setting) string {
	if s.value == Off {
		return ""
	}
	host, port, err := net.SplitHostPort(s.value)
	number, portErr := strconv.ParseUint(port, 10, 16)
	_, ipErr := netip.ParseAddr(host)
	if err != nil || portErr != nil || host != "" && ipErr != nil && !certificate.ValidName(host) {
		c.fail(s, "is %q; it must be host:port, such as localhost:8443, 0.0.0.0:5060 or [::1]:0, or %q", s.value, Off)
		return ""
	}
	return net.JoinHostPort(host, strconv.FormatUint(number, 10))
}

func (c *checker) portRange(s setting) PortRange {
	low, high, _ := strings.Cut(s.value, "-")
	from, err1 := strconv.Atoi(low)
	to, err2 := strconv.Atoi(high)
	if err1 != nil || err2 != nil || from < 1024 || to > 65535 || to-from < 1 {
		c.fail(s, "is %q; it must be a range of UDP ports from 1024 to 65535 with at least two ports, such as %s", s.value, defaultRTPPorts)
		return PortRange{}
	}
	return PortRange{from, to}
}

func (c *checker) numbers(s setting) []string {
	var numbers []string
	for _, text := range s.list {
		number := strings.TrimSpace(text)
		if _, err := identifier.Phone(number); err != nil || !strings.HasPrefix(number, "+") || strings.Contains(number, "_") {
			c.fail(s, "has %q; a phone number is + and digits (E.164), such as %s; in YAML it wants quotes", text, defaultNumbers[0])
			continue
		}
		if !slices.Contains(numbers, number) {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// apart asks that an echo number is nobody else's: applications would wait for
// its calls in vain.
func (c *checker) apart(cfg Config) {
	for _, number := range cfg.EchoNumbers {
		if slices.Contains(cfg.Numbers, number) || slices.Contains(cfg.SpareNumbers, number) {
			c.fail(setting{name: c.file.where("echo-numbers")}, "has %s, which is one of numbers or available-numbers too; an echo answers without an application, so it must be a number of its own", number)
		}
	}
}

func (c *checker) publicHosts(s setting) []string {
	var hosts []string
	for _, text := range s.list {
		host := strings.ToLower(strings.TrimSuffix(strings.TrimSpace(text), "."))
		if _, err := netip.ParseAddr(host); err != nil && !certificate.ValidName(host) {
			c.fail(s, "has %q; it must be a host name or an IP address, without scheme and port, such as calls.example.com", text)
			continue
		}
		hosts = append(hosts, host)
	}
	return hosts
}

func (c *checker) logLevel(s setting) slog.Level {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	return levels[c.oneOf(s, "debug", "info", "warn", "error")]
}

func (c *checker) oneOf(s setting, allowed ...string) string {
	value := strings.ToLower(s.value)
	if !slices.Contains(allowed, value) {
		c.fail(s, "is %q; it must be one of %s", s.value, strings.Join(allowed, ", "))
	}
	return value
}

// identity checks what a resource that moves in brings along.
func (c *checker) identity(flags Flags, text *configText) resource.Identity {
	var who resource.Identity
	if s := c.pick("resource-id", flags.ResourceID, text.ResourceID, ""); s.value != "" {
		id, err := uuid.Parse(s.value)
		if err != nil || len(s.value) != len(id.String()) {
			c.fail(s, "is %q; it must be a GUID such as 6f1c2c1e-7b5a-4a38-9d55-0c1f3f8a9b2e (the immutableResourceId of the ACS resource)", s.value)
		}
		who.ID = id.String()
	}
	who.Key1 = c.key(c.pick("key1", flags.Key1, text.Key1, ""))
	who.Key2 = c.key(c.pick("key2", flags.Key2, text.Key2, ""))
	return who
}

func (c *checker) key(s setting) auth.Key {
	if s.value == "" {
		return auth.Key{}
	}
	key, err := auth.ParseKey(s.value)
	if err != nil {
		c.fail(s, "%v; it must be the accesskey of a connection string", err)
	}
	return key
}

func (c *checker) certificate(files tlsText) CertificateFiles {
	if (files.Cert == "") != (files.Key == "") {
		c.fail(setting{name: c.file.where("tls")}, "needs both cert and key, or neither for the private CA")
	}
	return CertificateFiles(files)
}

func (c *checker) issuers(list []issuerText) []auth.Issuer {
	var issuers []auth.Issuer
	for i, each := range list {
		s := setting{name: c.file.where(fmt.Sprintf("auth.oidc[%d]", i))}
		if each.Issuer == "" {
			c.fail(s, "needs an issuer, such as https://login.microsoftonline.com/TENANT/v2.0")
		}
		issuer := auth.Issuer{URL: each.Issuer}
		if each.Audience != "" {
			issuer.Audiences = []string{each.Audience}
		}
		issuers = append(issuers, issuer)
	}
	if _, err := auth.NewOIDC(auth.OIDCConfig{Issuers: issuers}); err != nil && len(c.problems) == 0 {
		c.fail(setting{name: c.file.where("auth.oidc")}, "cannot be used: %v", err)
	}
	return issuers
}

func (c *checker) duration(key, text string, otherwise, low, high time.Duration) time.Duration {
	if text == "" {
		return otherwise
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < low || d > high {
		c.fail(setting{name: c.file.where(key)}, "is %q; it must be a duration from %v to %v, such as %v", text, low, high, otherwise)
	}
	return d
}

func (c *checker) count(key string, given *int, otherwise, low, high int) int {
	if given == nil {
		return otherwise
	}
	if *given < low || *given > high {
		c.fail(setting{name: c.file.where(key)}, "is %d; it must be a number from %d to %d, such as %d", *given, low, high, otherwise)
	}
	return *given
}

// depth reads how much sound is collected before it is played. None is what
// rtp.Config says by a negative number.
func (c *checker) depth(text string) time.Duration {
	d := c.duration("media.depth", text, 40*time.Millisecond, 0, 200*time.Millisecond)
	if d == 0 {
		return -1
	}
	return d
}
