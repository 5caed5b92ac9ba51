package config

import (
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/certificate"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/identifier"
)

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

// sipAddress checks the listener of SIP, on whose address sound is received too: a name would
// not say which one that is.
func (c *checker) sipAddress(s setting) string {
	address := c.address(s)
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" || host == "localhost" {
		return address // off, refused already, or known
	}
	if _, err := netip.ParseAddr(host); err != nil {
		c.fail(s, "is %q; sound is received on its address too, so it must be one of this machine, such as 192.0.2.10:%[2]s, or 0.0.0.0:%[2]s for all", s.value, port)
	}
	return address
}

// PortRange is a range of UDP ports, both ends included.
type PortRange struct{ Low, High int }

func (c *checker) portRange(s setting) PortRange {
	low, high, _ := strings.Cut(s.value, "-")
	from, err1 := strconv.Atoi(low)
	to, err2 := strconv.Atoi(high)
	if err1 != nil || err2 != nil || from < 1024 || to > 65535 || to-from < 1 {
		c.fail(s, "is %q; it must be a range of UDP ports from 1024 to 65535 with at least two ports, such as %s", s.value, s.tag.Get("default"))
		return PortRange{}
	}
	return PortRange{from, to}
}

// exampleNumber is not in service anywhere.
const exampleNumber = "+15550100001"

func (c *checker) numbers(s setting) []string {
	var numbers []string
	for _, text := range s.list {
		number := strings.TrimSpace(text)
		if _, err := identifier.Phone(number); err != nil || !strings.HasPrefix(number, "+") || strings.Contains(number, "_") {
			c.fail(s, "has %q; a phone number is + and digits (E.164), such as %s", text, exampleNumber)
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
			c.fail(c.at("echo-numbers"), "has %s, which is one of numbers or available-numbers too; an echo answers without an application, so it must be a number of its own", number)
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

func (c *checker) logLevel() slog.Level {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	return levels[c.word("log-level", c.flags.LogLevel)]
}

// depth reads the depth of the jitter buffer. rtp.Config has 0 for one that is not
// configured, and a negative number for no depth.
func (c *checker) depth() time.Duration {
	d := c.duration("media.depth")
	if d == 0 && c.pick("media.depth", "").value != "" {
		return -1
	}
	return d
}
