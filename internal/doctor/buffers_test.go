package doctor

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/listen"
)

func TestSmallSocketBuffersAreExplained(t *testing.T) {
	for _, test := range []struct {
		read, write int
		state, says string
		never       string
	}{
		{listen.PacketRoom, listen.PacketRoom, OK, "4096 KiB each way", "sysctl"},
		{212992, 212992, Note, "sudo sysctl -w net.core.rmem_max=4194304 net.core.wmem_max=4194304 ", "nothing"},
		{212992, listen.PacketRoom, Note, "sudo sysctl -w net.core.rmem_max=4194304 ", "wmem"},
		{212992, 2 * listen.PacketRoom, Note, "gives 208 KiB for packets that come, of 4096 KiB", "packets that go"},
	} {
		got := socketBuffers(test.read, test.write)
		if text := got.String(); got.State != test.state || !strings.Contains(text, test.says) || strings.Contains(text, test.never) {
			t.Errorf("with %d and %d bytes: %s", test.read, test.write, text)
		}
	}
}

// TestSocketBuffersAreThoseOfTheKernel compares what is found with the kernel's settings.
func TestSocketBuffersAreThoseOfTheKernel(t *testing.T) {
	if runtime.GOOS != "linux" {
		if got := SocketBuffers(); got != nil {
			t.Errorf("there is no advice for %s, but %v", runtime.GOOS, got)
		}
		return
	}
	want := OK
	for _, setting := range []string{"rmem_max", "wmem_max"} {
		text, err := os.ReadFile("/proc/sys/net/core/" + setting)
		if err != nil {
			t.Skipf("this kernel does not tell its settings: %v", err)
		}
		if most, err := strconv.Atoi(strings.TrimSpace(string(text))); err != nil {
			t.Fatal(err)
		} else if most < listen.PacketRoom {
			want = Note
		}
	}
	if got := SocketBuffers(); len(got) != 1 || got[0].State != want {
		t.Errorf("the kernel's settings are %s: %v", want, got)
	}
}
