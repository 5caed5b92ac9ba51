package e2e

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// This file looks at the product's process as an operator would: /metrics and,
// on Linux, /proc.

func (p *product) pid() int { return p.process.Process.Pid }

// memory is the resident set in bytes.
func (p *product) memory() int64 {
	p.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid()))
	if err != nil {
		p.t.Skipf("there is no /proc here: %v", err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kilobytes, err := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			if err != nil {
				p.t.Fatal(err)
			}
			return kilobytes << 10
		}
	}
	p.t.Fatal("/proc has no VmRSS")
	return 0
}

// metric is the value of a metric without labels.
func (p *product) metric(name string) float64 {
	p.t.Helper()
	response, err := http.Get("http://" + p.addresses.HTTP + "/metrics")
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			value, err := strconv.ParseFloat(text, 64)
			if err != nil {
				p.t.Fatal(err)
			}
			return value
		}
	}
	p.t.Fatalf("/metrics has no %s", name)
	return 0
}

// descriptors counts open files and sockets.
func (p *product) descriptors() int {
	p.t.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.pid()))
	if err != nil {
		p.t.Fatal(err)
	}
	return len(entries)
}

// mediaPorts counts the UDP sockets that the process has in the range of media.
func (p *product) mediaPorts() int {
	p.t.Helper()
	own := p.sockets()
	count := 0
	for _, family := range []string{"udp", "udp6"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", p.pid(), family))
		if err != nil {
			continue // a machine without IPv6
		}
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if len(fields) < 10 || !own[fields[9]] {
				continue
			}
			_, hex, _ := strings.Cut(fields[1], ":")
			if port, err := strconv.ParseUint(hex, 16, 16); err == nil && port >= 20000 && port <= 29999 && !p.announces(port) {
				count++
			}
		}
	}
	return count
}

// announces reports whether a port is that of a door: systems choose those of any number.
func (p *product) announces(port uint64) bool {
	for _, address := range []string{p.addresses.SIP, p.addresses.WebRTC} {
		if strings.HasSuffix(address, fmt.Sprint(":", port)) {
			return true
		}
	}
	return false
}

// sockets are the inodes of the process's sockets.
func (p *product) sockets() map[string]bool {
	own := map[string]bool{}
	links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", p.pid()))
	for _, link := range links {
		target, _ := os.Readlink(link) // one that has just been closed has none
		if inode, ok := strings.CutPrefix(target, "socket:["); ok {
			own[strings.TrimSuffix(inode, "]")] = true
		}
	}
	return own
}
