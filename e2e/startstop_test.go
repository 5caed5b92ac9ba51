package e2e

import (
	"bytes"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// TestServerIsStoppedWhileItStarts: whoever stops a service need not know how far its start has come.
func TestServerIsStoppedWhileItStarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for after := time.Duration(0); after < 120*time.Millisecond; after += 4 * time.Millisecond {
		var said bytes.Buffer
		command := exec.CommandContext(within(t, 20*time.Second), binary, "serve", "--data", dir, "--https", "localhost:0", "--http", "localhost:0", "--sip", "127.0.0.1:0", "--sips", "127.0.0.1:0")
		command.Stderr = &said
		must(t, command.Start())
		time.Sleep(after)
		must(t, command.Process.Signal(syscall.SIGTERM))
		err := command.Wait()
		status := command.ProcessState.Sys().(syscall.WaitStatus)
		if err != nil && !(status.Signaled() && status.Signal() == syscall.SIGTERM) {
			t.Errorf("after %v: %v\n%s", after, err, said.String())
		}
	}
}
