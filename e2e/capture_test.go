package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// capture is what dumpcap has seen on the loopback network.
type capture struct {
	t       *testing.T
	file    string
	process *exec.Cmd
	log     buffer
	exited  chan struct{}
}

// startCapture keeps the packets that a filter (of pcap) lets through, until stop.
func startCapture(t *testing.T, filter string) *capture {
	t.Helper()
	tool(t, "tshark", "tshark")
	tool(t, "dumpcap", "tshark")
	c := &capture{t: t, file: filepath.Join(t.TempDir(), "calls.pcapng"), exited: make(chan struct{})}
	c.process = exec.Command("dumpcap", "-q", "-i", "lo", "-B", "16", "-f", filter, "-w", c.file)
	c.process.Stdout, c.process.Stderr = &c.log, &c.log
	must(t, c.process.Start())
	go func() { c.process.Wait(); close(c.exited) }()
	t.Cleanup(c.stop)
	eventually(t, 10*time.Second, "dumpcap listens", func() bool {
		select {
		case <-c.exited:
			if os.Getuid() != 0 {
				t.Skipf("nobody but root may capture packets here: %s", c.log.String())
			}
			t.Fatalf("dumpcap ended: %s", c.log.String())
		default:
		}
		return strings.Contains(c.log.String(), "File:")
	})
	return c
}

// stop ends the capture; the file is complete then.
func (c *capture) stop() {
	c.process.Process.Signal(syscall.SIGINT)
	<-c.exited
}

// read has tshark tell of the capture.
func (c *capture) read(arguments ...string) string {
	c.t.Helper()
	command := exec.Command("tshark", append([]string{"-n", "-r", c.file}, arguments...)...)
	command.Env = append(os.Environ(), "HOME="+filepath.Dir(c.file)) // nobody's settings
	var problems buffer
	command.Stderr = &problems
	out, err := command.Output()
	if err != nil {
		c.t.Fatalf("tshark %s: %v\n%s", strings.Join(arguments, " "), err, problems.String())
	}
	return string(out)
}

// stream is a line of tshark's analysis of RTP.
type stream struct {
	codec    string
	packets  int
	lost     int
	troubled bool
	lines    string // as tshark writes them
}

// streams reads `tshark -z rtp,streams`, by SSRC: a phone that speaks from another
// host than it names is sought at both, which tshark takes for two streams.
func (c *capture) streams() map[string]*stream {
	c.t.Helper()
	list := map[string]*stream{}
	for line := range strings.Lines(c.read("-q", "-z", "rtp,streams")) {
		// Start, end, source, port, destination, port, SSRC, codec (which may have
		// blanks), packets, lost, (percent), deltas, jitters, X where it saw a problem.
		fields := strings.Fields(line)
		percent := slices.IndexFunc(fields, func(field string) bool { return strings.HasSuffix(field, "%)") })
		if percent < 10 {
			continue
		}
		s := list[fields[6]]
		if s == nil {
			s = &stream{codec: strings.Join(fields[7:percent-2], " ")}
			list[fields[6]] = s
		}
		packets, err := strconv.Atoi(fields[percent-2])
		must(c.t, err)
		lost, err := strconv.Atoi(fields[percent-1])
		must(c.t, err)
		s.packets, s.lost = s.packets+packets, s.lost+lost
		s.troubled = s.troubled || fields[len(fields)-1] == "X"
		s.lines += line
	}
	return list
}

// TestCapturedCallsAreClean: Wireshark's dissectors find nothing to complain of
// in calls of every kind, neither in the signalling nor in the sound.
func TestCapturedCallsAreClean(t *testing.T) {
	t.Parallel()
	const echoNumber, first, last = "+15550100099", 18400, 18499
	p := start(t, setup{config: fmt.Sprintf(`echo-numbers: ['%s']
rtp-ports: %d-%d
trunks:
  - {name: phones, host: 127.0.0.1, port: 9, sources: [127.0.0.0/8], inbound: {username: page, password: a-long-secret-of-ours}, srtp: optional, codecs: [OPUS, G722, PCMA, PCMU]}
`, echoNumber, first, last)})
	port := func(address string) string { return address[strings.LastIndex(address, ":")+1:] }
	c := startCapture(t, fmt.Sprintf("udp portrange %d-%d or port %s or tcp port %s", first, last, port(p.addresses.SIP), port(p.addresses.HTTP)))

	encrypted := softphone{transport: "tcp", codec: "PCMA", rate: 8000, channels: 1, options: ";mediaenc=srtp-mand",
		calls: fmt.Sprintf("sip:%s@%s;transport=tcp", echoNumber, p.addresses.SIP)}.start(t)
	var calls []*siptest.Call
	for _, kind := range []struct {
		transport, server, codec string
		delayed                  bool
	}{
		{"udp", p.addresses.SIP, "PCMU", false},
		{"udp", p.addresses.SIP, "PCMA", true},
		{"tcp", p.addresses.SIP, "G722", false},
		{"ws", p.addresses.HTTP, "PCMU", false},
		{"udp", p.addresses.SIP, "OPUS", false},
	} {
		phone, err := siptest.New(siptest.Config{Server: kind.server, Transport: kind.transport, User: phoneNumber, Codecs: []string{kind.codec}})
		must(t, err)
		t.Cleanup(phone.Close)
		dial := phone.Invite
		if kind.transport == "ws" { // which is no trunk by its address
			dial = func(in siptest.Invite) (*siptest.Call, error) {
				return phone.CallAs(within(t, 5*time.Second), siptest.Account{UserName: "page", Password: "a-long-secret-of-ours"}, in)
			}
		}
		call, err := dial(siptest.Invite{To: echoNumber, DelayedOffer: kind.delayed})
		if err != nil && kind.codec == "OPUS" {
			missing(t, "libopus.so.0", "libopus0")
		}
		must(t, err)
		must(t, call.WaitAnswered(within(t, 5*time.Second)))
		call.Tone(440, 6000)
		calls = append(calls, call)
	}
	held := calls[0]
	must(t, held.Hold(within(t, 5*time.Second)))
	must(t, held.Unhold(within(t, 5*time.Second)))
	for _, call := range calls {
		must(t, call.SendTones(within(t, 5*time.Second), "1#"))
		eventually(t, 10*time.Second, "the phone hears itself", func() bool { return call.HeardFor(440) >= 2 })
		eventually(t, 5*time.Second, "the keys come back", func() bool { return call.HeardTones() == "1#" })
	}
	encrypted.hasRecorded(5 * time.Second) // reports go every five
	encrypted.stop()
	for _, call := range calls {
		must(t, call.Hangup(within(t, 5*time.Second)))
	}
	c.stop()
	c.check(2 * (len(calls) + 1))
}

// check asks for a capture without complaint, of so many streams of sound.
func (c *capture) check(wantStreams int) {
	c.t.Helper()
	seen := map[string]int{}
	for line := range strings.Lines(c.read("-T", "fields", "-e", "_ws.col.Protocol")) {
		seen[strings.TrimSpace(line)]++
	}
	for _, protocol := range []string{"SIP", "SIP/SDP", "RTP", "RTP EVENT", "SRTP", "RTCP"} {
		if seen[protocol] == 0 {
			c.t.Errorf("tshark sees no %s, only %v", protocol, seen)
		}
	}
	// Warnings (0x600000) and worse, but that what is encrypted stays closed (group 0x5000000),
	// and what a busy machine's TCP sent twice.
	if complaints := c.read("-Y", "_ws.malformed || _ws.expert.severity >= 0x600000 && !(_ws.expert.group == 0x5000000) && !tcp.analysis.flags && !tcp.options.sack.dsack_le", "-T", "fields", "-e", "frame.number", "-e", "frame.protocols", "-e", "_ws.expert.message"); complaints != "" {
		c.t.Errorf("tshark complains:\n%s", complaints)
	}
	streams := c.streams()
	if len(streams) != wantStreams {
		c.t.Errorf("tshark finds %d streams, want %d", len(streams), wantStreams)
	}
	for _, s := range streams {
		c.t.Log(s.lines)
		if s.lost != 0 || s.troubled || s.packets < 100 {
			c.t.Errorf("a stream of %s is not clean: %s", s.codec, s.lines)
		}
	}
}
