package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/resource"
)

var freeListenerFlags = []string{"--https", "localhost:0", "--http", "localhost:0", "--sip", "127.0.0.1:0", "--sips", "127.0.0.1:0"}

// watched tells when a text has been written.
type watched struct {
	mu   sync.Mutex
	text bytes.Buffer
	want string
	seen chan struct{}
	once sync.Once
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(p)
	if strings.Contains(w.text.String(), w.want) {
		w.once.Do(func() { close(w.seen) })
	}
	return len(p), nil
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// serving runs the server on a data directory until stop, which returns the
// exit code and what was printed.
func serving(t *testing.T, dir string, args ...string) (stop func() (int, string)) {
	t.Helper()
	t.Setenv("GOMAXPROCS", "2") // serve leaves the test's processors alone
	ctx, cancel := context.WithCancel(context.Background())
	out, errs := &watched{want: "is ready", seen: make(chan struct{})}, &watched{seen: make(chan struct{})}
	ended := make(chan int, 1)
	go func() {
		ended <- run(&app{ctx: ctx, out: out, err: errs}, append([]string{"--data", dir}, args...))
	}()
	stop = sync.OnceValues(func() (int, string) { cancel(); return <-ended, out.String() })
	t.Cleanup(func() { stop() })
	select {
	case <-out.seen:
	case code := <-ended:
		ended <- code
		t.Fatalf("exit code %d: %s", code, errs)
	}
	return stop
}

func TestServeIsTheDefaultCommand(t *testing.T) {
	for _, args := range [][]string{freeListenerFlags, append([]string{"serve"}, freeListenerFlags...)} {
		dir := filepath.Join(t.TempDir(), "data")
		stop := serving(t, dir, args...)
		connection, err := os.ReadFile(filepath.Join(dir, datadir.ConnectionStringFile))
		if err != nil {
			t.Fatal(err)
		}
		code, out := stop()
		if code != 0 {
			t.Errorf("exit code %d", code)
		}
		for _, want := range []string{strings.TrimSpace(string(connection)), "https://localhost:", "+15550100001", dir, "NODE_EXTRA_CA_CERTS=" + filepath.Join(dir, "ca.pem")} {
			if !strings.Contains(out, want) {
				t.Errorf("%q is not in: %s", want, out)
			}
		}
	}
}

// closed is an output that takes nothing.
type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestServerThatCannotGreetIsStopped: its data directory is free again, and nothing of it runs on.
func TestServerThatCannotGreetIsStopped(t *testing.T) {
	t.Setenv("GOMAXPROCS", "2")
	dir, errs := filepath.Join(t.TempDir(), "data"), &watched{seen: make(chan struct{})}
	code := run(&app{ctx: t.Context(), out: closed{}, err: errs}, append([]string{"--data", dir}, freeListenerFlags...))
	if code != 1 || !strings.Contains(errs.String(), "the server has stopped") || !strings.Contains(errs.String(), io.ErrClosedPipe.Error()) {
		t.Errorf("exit code %d: %s", code, errs)
	}
}

func TestEnvironmentIsBelowFlags(t *testing.T) {
	t.Setenv("SWITCHHOOK_HTTPS", "nonsense")
	dir := t.TempDir()
	if got := command(t, dir, "", "serve"); got.code != 1 || !strings.Contains(got.err, "SWITCHHOOK_HTTPS") {
		t.Errorf("got %+v", got)
	}
	serving(t, dir, freeListenerFlags...)
}

func TestDoctorAsksTheRunningServer(t *testing.T) {
	dir := t.TempDir()
	stop := serving(t, dir, freeListenerFlags...)
	if got := command(t, dir, "", "doctor"); got.code != 0 || !strings.Contains(got.out, "ok    server is running with process id") {
		t.Errorf("got %+v", got)
	}
	stop()
	if got := command(t, dir, "", append([]string{"doctor"}, freeListenerFlags...)...); got.code != 0 || !strings.Contains(got.out, "ok    listener --https") {
		t.Errorf("got %+v", got)
	}
}

func TestDoctorFailsForATakenDoor(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	args := append([]string{"doctor"}, freeListenerFlags...)
	args = append(args, "--http", taken.Addr().String())
	got := command(t, t.TempDir(), "", args...)
	if got.code != 1 || !strings.Contains(got.out, "fail  listener --http "+taken.Addr().String()) {
		t.Errorf("got %+v", got)
	}
}

// TestDoctorTriesEveryListener asks for a failure for each listener whose port is taken, over UDP too.
func TestDoctorTriesEveryListener(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer packets.Close()
	tcp, udp := taken.Addr().String(), packets.LocalAddr().String()
	for name, text := range map[string]string{
		"--https " + tcp: "https: " + tcp, "--sip " + udp: "sip: " + udp, "--sips " + tcp: "sips: " + tcp, "--webrtc " + udp: "webrtc: " + udp,
		"turn.listen " + udp: "turn: {listen: " + udp + "}", "turn.tls " + tcp: "turn: {tls: " + tcp + "}",
		"events.nats " + tcp: "events: {nats: " + tcp + "}", "profile " + tcp: "profile: " + tcp,
	} {
		file := filepath.Join(t.TempDir(), "switchhook.yaml")
		for _, key := range []string{"https", "http", "sip", "sips"} {
			if !strings.HasPrefix(text, key+":") {
				text += "\n" + key + ": 127.0.0.1:0"
			}
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got := command(t, t.TempDir(), "", "doctor", "--config", file)
		if got.code != 1 || strings.Count(got.out, "fail  ") != 1 || !strings.Contains(got.out, "fail  listener "+name+"\n") {
			t.Errorf("with %q: %+v", text, got)
		}
	}
}

func TestDoctorFailsForAnUnusableDataDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got := command(t, filepath.Join(file, "data"), "", append([]string{"doctor"}, freeListenerFlags...)...)
	if got.code != 1 || !strings.Contains(got.out, "fail  data directory") {
		t.Errorf("got %+v", got)
	}
}

func TestDoctorDoesNotMakeTheDataDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	command(t, dir, "", append([]string{"doctor"}, freeListenerFlags...)...)
	if _, err := os.Stat(dir); err == nil {
		t.Error("it was made")
	}
}

func TestProcessorsAreTripledUnlessSet(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	t.Setenv("GOMAXPROCS", "5")
	takeProcessors()
	if got := runtime.GOMAXPROCS(0); got != before {
		t.Errorf("set: %d", got)
	}
	t.Setenv("GOMAXPROCS", "")
	takeProcessors()
	if got := runtime.GOMAXPROCS(0); got != 3*before {
		t.Errorf("unset: %d, want %d", got, 3*before)
	}
}

// TestGreetingOfAnOpenServerHasNoKey asks that a server which others reach prints where its
// connection string is, but no key: a service's output is kept in a log.
func TestGreetingOfAnOpenServerHasNoKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	stop := serving(t, dir, append([]string{"--public-host", "calls.example.com"}, freeListenerFlags...)...)
	to, err := resource.ReadConnection(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, out := stop()
	if key := to.Key.Base64(); strings.Contains(out, key) || strings.Contains(out, "signin=") || !strings.Contains(out, filepath.Join(dir, datadir.ConnectionStringFile)) {
		t.Errorf("the greeting is %s", out)
	}
}

func TestGreetingLeavesOutClosedDoors(t *testing.T) {
	var out bytes.Buffer
	g := greeting{Connection: "endpoint=…", Addresses: datadir.Addresses{HTTP: "localhost:8080"}, Data: "/data", Missing: []string{"one", "two"}}
	if err := g.print(&out); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for word, want := range map[string]bool{"http://localhost:8080": true, "https://": false, "sip:": false, "trust": false, "two": true} {
		if strings.Contains(text, word) != want {
			t.Errorf("%q: %s", word, text)
		}
	}
}
