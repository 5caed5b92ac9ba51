package e2e

import (
	"bytes"
	"cmp"
	little "encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/cdr"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// softphone is baresip, a softphone that others have written.
type softphone struct {
	transport string // udp, tcp, tls
	codec     string // as its account names it
	rate      int    // Hz, of the sound that its codec wants
	channels  int
	options   string // more parameters of its account
	calls     string // whom it calls at once; "" waits to be called, and answers
	port      int    // where it listens; 0 is a free one
	account   string // as whom it registers, as its file has it; "" as nobody
}

// ringing is a softphone that runs.
type ringing struct {
	t       *testing.T
	dir     string
	port    int
	process *exec.Cmd
	log     buffer
}

// spoken is what softphones say, in Hz.
const spoken = 440.0

// tool asks for a program of another project.
func tool(t *testing.T, name, debian string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		missing(t, name, debian)
	}
}

// missing skips a test for want of a part of another project, but never in CI.
func missing(t *testing.T, name, debian string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing; `make test` installs it (Debian: %s)", name, debian)
	}
	t.Skipf("%s is not installed (Debian: sudo apt-get install %s)", name, debian)
}

// start runs the softphone until the end of the test.
func (s softphone) start(t *testing.T) *ringing {
	t.Helper()
	tool(t, "baresip", "baresip")
	r := &ringing{t: t, dir: t.TempDir(), port: s.port}
	if r.port == 0 {
		r.port = freePort(t)
	}
	writeTone(t, filepath.Join(r.dir, "tone.wav"), s.rate, s.channels)
	number, mode := phoneNumber, ""
	if s.calls == "" {
		number, mode = farNumber, ";answermode=auto"
	}
	account := fmt.Sprintf("<sip:%s@127.0.0.1;transport=%s>;regint=0;audio_codecs=%s%s%s", number, s.transport, s.codec, s.options, mode)
	files := map[string]string{
		"accounts": cmp.Or(s.account, account) + "\n",
		"contacts": "",
		"config": fmt.Sprintf(`sip_listen 127.0.0.1:%d
module_path %s
audio_source aufile,%s/tone.wav
audio_player aufile,%s/ignored.wav
snd_path %s
rtp_ports 41000-45000
module g711.so
module g722.so
module opus.so
module srtp.so
module aufile.so
module sndfile.so
module_tmp account.so
module_app menu.so
`, r.port, modules(t), r.dir, r.dir, r.dir),
	}
	for name, text := range files {
		must(t, os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600))
	}
	arguments := []string{"-f", r.dir}
	if s.calls != "" {
		arguments = append(arguments, "-e", "/dial "+s.calls)
	}
	r.process = exec.Command("baresip", arguments...)
	r.process.Stdout, r.process.Stderr = &r.log, &r.log
	must(t, r.process.Start())
	t.Cleanup(func() {
		r.stop()
		if t.Failed() {
			t.Logf("baresip says:\n%s", r.log.String())
		}
	})
	return r
}

// modules is where Debian puts baresip's parts.
func modules(t *testing.T) string {
	for _, pattern := range []string{"/usr/lib/baresip/modules", "/usr/lib/*/baresip/modules", "/usr/local/lib/baresip/modules"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0]
		}
	}
	t.Fatal("baresip's modules are not where they are expected")
	return ""
}

// stop ends the softphone; it hangs up first.
func (r *ringing) stop() {
	if r.process.ProcessState == nil {
		r.process.Process.Signal(syscall.SIGTERM)
		r.process.Wait()
	}
}

// hasRecorded waits for so much sound of a single channel at 8 kHz, or as many bytes of another.
func (r *ringing) hasRecorded(length time.Duration) {
	r.t.Helper()
	eventually(r.t, 30*time.Second, "the softphone has heard something", func() bool {
		recordings, _ := filepath.Glob(filepath.Join(r.dir, "dump-*-dec.wav"))
		for _, name := range recordings {
			if info, err := os.Stat(name); err == nil && info.Size() >= int64(length.Seconds()*phoneRate*2) {
				return true
			}
		}
		return false
	})
}

// heard stops the softphone and returns what it has heard, at 8 kHz.
func (r *ringing) heard() []int16 {
	r.t.Helper()
	r.stop()
	recordings, _ := filepath.Glob(filepath.Join(r.dir, "dump-*-dec.wav"))
	if len(recordings) == 0 {
		r.t.Fatal("the softphone has recorded nothing")
	}
	slices.Sort(recordings)
	file, err := os.Open(recordings[len(recordings)-1])
	must(r.t, err)
	defer file.Close()
	reader, err := audio.NewWAVReader(file, time.Minute)
	must(r.t, err)
	samples, err := audio.DecodeAll(reader, phoneRate)
	must(r.t, err)
	return samples
}

// lastPort is the one that somebody got last: below those that systems give to
// whoever asks for any, so that nobody takes one before its owner does.
var lastPort atomic.Int32

// freePort is a port for UDP and TCP that nobody has now, and neither has the next,
// on which softphones take TLS.
func freePort(t *testing.T) int {
	t.Helper()
	for range 1000 {
		port := 16000 + int(lastPort.Add(2))%2000
		if isFree(port) && isFree(port+1) {
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

func isFree(port int) bool {
	address := fmt.Sprintf("127.0.0.1:%d", port)
	stream, err := net.Listen("tcp", address)
	if err != nil {
		return false
	}
	defer stream.Close()
	datagrams, err := net.ListenPacket("udp", address)
	if err != nil {
		return false
	}
	datagrams.Close()
	return true
}

// writeTone makes the file that a softphone speaks from: the same in each channel.
func writeTone(t *testing.T, name string, rate, channels int) {
	t.Helper()
	var samples []int16
	for _, sample := range audiotest.Tone(rate, 20*time.Second, -9, spoken) {
		samples = append(samples, slices.Repeat([]int16{sample}, channels)...)
	}
	var file bytes.Buffer
	must(t, audio.WriteWAV(&file, rate, samples))
	header := file.Bytes()
	little.LittleEndian.PutUint16(header[22:], uint16(channels))
	little.LittleEndian.PutUint32(header[28:], uint32(rate*channels*2))
	little.LittleEndian.PutUint16(header[32:], uint16(channels*2))
	must(t, os.WriteFile(name, header, 0o600))
}

// TestBaresipCalls: a softphone of others reaches an echo over each transport,
// with each codec, encrypted or not, and hears itself.
func TestBaresipCalls(t *testing.T) {
	t.Parallel()
	const echoNumber = "+15550100099"
	p := start(t, setup{config: "echo-numbers: ['" + echoNumber + `']
trunks:
  - {name: phones, host: 127.0.0.1, port: 9, sources: [127.0.0.0/8], srtp: optional, codecs: [opus, G722, PCMA, PCMU]}
`})
	for _, test := range []struct {
		name  string
		phone softphone
		door  string
		codec string
	}{
		{"UDP, G.711", softphone{transport: "udp", codec: "PCMU", rate: 8000, channels: 1}, p.addresses.SIP, "PCMU"},
		{"TCP, A-law, encrypted", softphone{transport: "tcp", codec: "PCMA", rate: 8000, channels: 1, options: ";mediaenc=srtp"}, p.addresses.SIP, "PCMA"},
		{"TLS, G.722, encryption required", softphone{transport: "tls", codec: "G722/16000", rate: 16000, channels: 1, options: ";mediaenc=srtp-mand"}, p.addresses.SIPS, "G722"},
		{"UDP, Opus", softphone{transport: "udp", codec: "opus/48000/2", rate: 48000, channels: 2}, p.addresses.SIP, "opus"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.phone.calls = fmt.Sprintf("sip:%s@%s;transport=%s", echoNumber, test.door, test.phone.transport)
			phone := test.phone.start(t)
			eventually(t, 20*time.Second, "the call is up", func() bool { return strings.Contains(phone.log.String(), "Call established") })
			phone.hasRecorded(2 * time.Second * time.Duration(test.phone.rate*test.phone.channels) / 8000)
			if heard := phone.heard(); siptest.Seconds(heard, spoken) < 1 {
				t.Errorf("the softphone heard %s", audiotest.Describe(heard, phoneRate))
			}
			record := p.lastCall()
			if len(record.Legs) != 1 || record.Legs[0].Sound == nil || record.Legs[0].Sound.Codec != test.codec ||
				record.Legs[0].Sound.Protected != strings.Contains(test.phone.options, "srtp") || !strings.HasPrefix(record.Legs[0].Device, "baresip") {
				t.Errorf("the record is %+v", record)
			}
		})
	}
}

// keyReceived is what baresip prints when a key begins.
var keyReceived = regexp.MustCompile(`received event: '(.)' \(end=0\)`)

// keys are those that the softphone has received.
func (r *ringing) keys() (keys string) {
	for _, match := range keyReceived.FindAllStringSubmatch(r.log.String(), -1) {
		keys += match[1]
	}
	return keys
}

// TestApplicationCallsBaresip: and the other way round, with a prompt and keys.
func TestApplicationCallsBaresip(t *testing.T) {
	t.Parallel()
	phone := softphone{transport: "udp", codec: "PCMA", rate: 8000, channels: 1}.start(t)
	p := start(t, setup{trunk: phone.port})
	a := startAgent(p, application{})
	var made connected
	a.do("create", values{"target": far, "callerNumber": ourNumber, "callback": a.url + "/callbacks"}, &made)
	c := a.connection(made.CallConnectionID)
	c.got("CallConnected")
	c.do("playToAll", values{"urls": []string{a.saveTone("prompt.wav", promptLength)}, "operationContext": "prompt"}, nil)
	c.gotFor("prompt", "PlayCompleted")
	c.do("sendDtmf", values{"tones": []string{"one", "pound"}, "target": far, "operationContext": "keys"}, nil)
	c.gotFor("keys", "SendDtmfTonesCompleted")
	if heard := phone.heard(); siptest.Seconds(heard, promptPitch) < 1 {
		t.Errorf("the softphone heard %s", audiotest.Describe(heard, phoneRate))
	}
	if keys := phone.keys(); keys != "1#" {
		t.Errorf("the softphone received the keys %q", keys)
	}
	c.ended()
}

// TestApplicationCallsBaresipThatWantsSRTP: a softphone that insists on encryption, and takes
// RTP/SAVP alone, is called over a trunk where it is optional.
func TestApplicationCallsBaresipThatWantsSRTP(t *testing.T) {
	t.Parallel()
	phone := softphone{transport: "udp", codec: "PCMU", rate: 8000, channels: 1, options: ";mediaenc=srtp-mand"}.start(t)
	p := start(t, setup{config: fmt.Sprintf("trunks:\n  - {name: phone, host: 127.0.0.1, port: %d, srtp: optional}\n", phone.port)})
	a := startAgent(p, application{})
	c := a.create(values{"target": far, "callerNumber": ourNumber})
	c.got("CallConnected")
	c.do("playToAll", values{"urls": []string{a.saveTone("prompt.wav", promptLength)}, "operationContext": "prompt"}, nil)
	c.gotFor("prompt", "PlayCompleted")
	if heard := phone.heard(); siptest.Seconds(heard, promptPitch) < 1 {
		t.Errorf("the softphone heard %s", audiotest.Describe(heard, phoneRate))
	}
	c.ended()
	if record := p.lastCall(); len(record.Legs) != 1 || record.Legs[0].Sound == nil || !record.Legs[0].Sound.Protected {
		t.Errorf("the record is %+v", record)
	}
}

// lastCall is the record of the call that ended last.
func (p *product) lastCall() (record cdr.Record) {
	p.t.Helper()
	var lines string
	eventually(p.t, 5*time.Second, "a record of the call", func() bool {
		lines = p.mustRun("calls", "--limit", "1", "--json")
		return strings.Contains(lines, "{")
	})
	must(p.t, json.Unmarshal([]byte(lines), &record))
	return record
}
