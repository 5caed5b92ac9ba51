package main

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestServiceManagerIsTold asks for the notices of a service of Type=notify: that it is
// ready, and that it stops.
func TestServiceManagerIsTold(t *testing.T) {
	dir, err := os.MkdirTemp("", "notify") // a path of a socket has 108 bytes at most
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "socket")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Skipf("there are no such sockets here: %v", err)
	}
	defer socket.Close()
	t.Setenv(notifySocket, name)
	stop := serving(t, t.TempDir(), freeListenerFlags...)
	heard := func(want string) {
		t.Helper()
		if err := socket.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		text := make([]byte, 100)
		n, err := socket.Read(text)
		if got := string(text[:n]); err != nil || got != want {
			t.Errorf("told %q (%v), not %q", got, err, want)
		}
	}
	heard("READY=1")
	if code, _ := stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	heard("STOPPING=1")
}

// TestServiceWithoutManagerTellsNobody asks that a server by itself is not concerned, and that a
// socket that is not there is an error.
func TestServiceWithoutManagerTellsNobody(t *testing.T) {
	t.Setenv(notifySocket, "")
	if err := notify("READY=1"); err != nil {
		t.Error(err)
	}
	t.Setenv(notifySocket, filepath.Join(t.TempDir(), "none"))
	if notify("READY=1") == nil {
		t.Error("a notice that nobody takes is no error")
	}
}
