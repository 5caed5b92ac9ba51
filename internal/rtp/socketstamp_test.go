//go:build linux && !portable

package rtp

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestTimeOfAPacketIsThatOfTheKernelAlone(t *testing.T) {
	made := func(level, kind int32) *stamp {
		s := &stamp{time: unix.Timespec{Sec: 5, Nsec: 7}}
		s.header.Level, s.header.Type = level, kind
		return s
	}
	if got := made(unix.SOL_SOCKET, unix.SO_TIMESTAMPNS).unixNano(true); got != 5e9+7 {
		t.Errorf("it is %d", got)
	}
	before := time.Now().UnixNano()
	for name, got := range map[string]int64{
		"no message":                 made(unix.SOL_SOCKET, unix.SO_TIMESTAMPNS).unixNano(false),
		"a message of another level": made(unix.IPPROTO_IP, unix.SO_TIMESTAMPNS).unixNano(true),
		"a message of another type":  made(unix.SOL_SOCKET, unix.SCM_RIGHTS).unixNano(true),
	} {
		if got < before {
			t.Errorf("%s: it is %d, want the present", name, got)
		}
	}
}
