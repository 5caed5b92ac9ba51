package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// sippTest is a scenario of testdata/sipp, which sipp plays as it would by hand:
// sipp -sf NAME.xml -s NUMBER HOST:PORT. Where it fails, something on the wire
// was not what the scenario asks for.
type sippTest struct {
	name   string
	about  string // number that is called; "" waits to be called
	port   int    // where it waits
	needs  string // a file of Debian's package that it plays
	during func(t *testing.T)
}

// play runs a scenario over a transport of sipp's: u1 is UDP, t1 is TCP. Debian's
// sipp has no TLS.
func (s sippTest) play(t *testing.T, server, transport string) {
	t.Helper()
	if _, err := os.Stat(s.needs); s.needs != "" && err != nil {
		t.Skipf("the scenario plays packets that Debian's sip-tester brings: %v", err)
	}
	file, err := filepath.Abs(filepath.Join("testdata", "sipp", s.name+".xml"))
	must(t, err)
	port := s.port
	if port == 0 {
		port = freePort(t)
	}
	arguments := []string{"-sf", file, "-t", transport, "-i", "127.0.0.1", "-p", strconv.Itoa(port), "-mp", strconv.Itoa(mediaPort(t)),
		"-m", "1", "-nostdin", "-timeout", "180", "-timeout_error", "-recv_timeout", "90000", "-trace_err", "-trace_msg"}
	if s.about != "" {
		arguments = append(arguments, "-s", s.about, server)
	}
	command := exec.CommandContext(within(t, 200*time.Second), "sipp", arguments...)
	command.Dir = t.TempDir()
	var text buffer
	command.Stdout, command.Stderr = &text, &text
	must(t, command.Start())
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t.Cleanup(func() {
		command.Process.Kill() // of a script that broke off
		if !t.Failed() {
			return
		}
		logs, _ := filepath.Glob(filepath.Join(command.Dir, "*.log"))
		for _, name := range logs {
			log, _ := os.ReadFile(name)
			t.Logf("%s:\n%s", filepath.Base(name), log)
		}
	})
	if s.during != nil {
		s.during(t)
	}
	if err := <-ended; err != nil {
		t.Errorf("sipp: %v\n%s", err, text.String())
	}
}

// lastMediaPort is the one that a script got last: below those that systems give
// to whoever asks for any.
var lastMediaPort atomic.Int32

// mediaPort is a port for sipp's sound; two above it has its picture.
func mediaPort(t *testing.T) int {
	t.Helper()
	for range 1000 {
		port := 12000 + int(lastMediaPort.Add(4))%4000
		sound, err := net.ListenPacket("udp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		picture, err := net.ListenPacket("udp", fmt.Sprintf("127.0.0.1:%d", port+2))
		sound.Close()
		if err == nil {
			picture.Close()
			return port
		}
	}
	t.Fatal("no free ports for sipp's sound")
	return 0
}

// TestScenariosOfSippPass: another implementation of SIP, with scripts that ask for what
// the RFCs say, over UDP and TCP.
func TestScenariosOfSippPass(t *testing.T) {
	t.Parallel()
	tool(t, "sipp", "sip-tester")
	const echoNumber = "+15550100099"
	p := start(t, setup{config: fmt.Sprintf(`echo-numbers: ['%s']
rtp-ports: 18600-18799
trunks:
  - {name: phones, host: 127.0.0.1, port: 9, sources: [127.0.0.1/32], accept-refer: any}
`, echoNumber)})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	answered := func(then func(c connection)) func(t *testing.T) {
		return func(t *testing.T) {
			a := a.with(t)
			c := a.answer(a.nextIncoming(len(a.all(isIncoming))))
			c.got("CallConnected")
			then(c)
			c.ended()
		}
	}
	for _, test := range []sippTest{
		{name: "options", about: echoNumber},
		{name: "extension", about: echoNumber},
		{name: "delayed", about: echoNumber},
		{name: "hold", about: echoNumber},
		{name: "update", about: echoNumber},
		{name: "timer", about: echoNumber},
		{name: "info", about: echoNumber},
		{name: "prack", about: ourNumber, during: answered(func(connection) {})},
		{name: "refer", about: ourNumber, during: answered(func(c connection) {
			c.wait("the successor in the roster", func(e event) bool {
				return c.own(e) && e.kind() == "ParticipantsUpdated" && names(e.data(), "4:"+echoNumber)
			})
			c.do("hangUp", values{"forEveryone": true}, nil)
		})},
		{name: "glare", about: ourNumber, during: answered(func(c connection) {
			c.do("transfer", values{"target": far, "operationContext": "transfer"}, nil)
			c.gotFor("transfer", "CallTransferFailed")
		})},
		{name: "keys", about: ourNumber, needs: "/usr/share/sip-tester/dtmf_2833_4.pcap", during: answered(func(c connection) {
			c.do("recognizeDtmf", values{"target": caller, "maxTones": 5, "initialSilence": 60, "interTone": 60, "stopTones": []string{"pound"}, "operationContext": "keys"}, nil)
			if keys := c.gotFor("keys", "RecognizeCompleted").DtmfResult.Tones; !strings.HasPrefix(strings.Join(keys, " "), "four two") {
				c.t.Errorf("the application got the keys %v", keys)
			}
			c.do("hangUp", values{"forEveryone": true}, nil)
		})},
		{name: "cancel", about: ourNumber}, // last: nobody waits for its IncomingCall
	} {
		for _, transport := range []string{"u1", "t1"} {
			t.Run(test.name+" over "+transport, func(t *testing.T) { test.play(t, p.addresses.SIP, transport) })
		}
	}
}

// TestSippShowsCredentials: who reads the first challenge only, and signs the
// server's address alone, as sipp does, is let in.
func TestSippShowsCredentials(t *testing.T) {
	t.Parallel()
	tool(t, "sipp", "sip-tester")
	const echoNumber = "+15550100099"
	p := start(t, setup{config: fmt.Sprintf(`echo-numbers: ['%s']
rtp-ports: 18900-18999
trunks:
  - {name: branch, inbound: {username: branch, password: secret}}
`, echoNumber)})
	for _, transport := range []string{"u1", "t1"} {
		t.Run(transport, func(t *testing.T) {
			sippTest{name: "credentials", about: echoNumber}.play(t, p.addresses.SIP, transport)
		})
	}
}

// TestSippIsCalled: the other direction, with an application that calls.
func TestSippIsCalled(t *testing.T) {
	t.Parallel()
	tool(t, "sipp", "sip-tester")
	port := freePort(t)
	config, numbers := "rtp-ports: 18800-18899\ntrunks:\n", map[string]string{"u1": "+15550199781", "t1": "+15550199782"}
	for _, trunk := range []string{"udp", "tcp"} {
		config += fmt.Sprintf("  - {name: %s, host: 127.0.0.1, port: %d, transport: %s, username: account, password: secret}\n", trunk, port, trunk)
	}
	config += "routes:\n  - {name: udp, pattern: '781$', trunks: [udp]}\n  - {name: tcp, pattern: '782$', trunks: [tcp]}\n"
	a := startAgent(start(t, setup{config: config}), application{})
	for transport, number := range numbers {
		for name, then := range map[string]func(c connection){
			"called":            func(connection) {},
			"called-challenges": func(c connection) { c.do("hangUp", values{"forEveryone": true}, nil) },
		} {
			t.Run(name+" over "+transport, func(t *testing.T) {
				test := sippTest{name: name, port: port, during: func(t *testing.T) {
					if transport == "t1" { // over UDP the INVITE is repeated until somebody listens
						eventually(t, 5*time.Second, "sipp listens", func() bool { return listens(strconv.Itoa(port)) })
					}
					c := a.with(t).create(values{"target": "4:" + number, "callerNumber": ourNumber})
					c.got("CallConnected")
					then(c)
					c.ended()
				}}
				test.play(t, "", transport)
			})
		}
	}
}
