package doctor

import (
	"fmt"
	"strings"

	"github.com/switchhook/switchhook/internal/listen"
)

// socketBuffers says whether the kernel gives the sockets of SIP, browsers and TURN the
// room for packets that they ask for. read and write are what it gives, in bytes.
func socketBuffers(read, write int) Finding {
	var less, settings []string
	for _, way := range []struct {
		name, setting string
		given         int
	}{{"packets that come", "net.core.rmem_max", read}, {"packets that go", "net.core.wmem_max", write}} {
		if way.given < listen.PacketRoom {
			less = append(less, fmt.Sprintf("%d KiB for %s", way.given>>10, way.name))
			settings = append(settings, fmt.Sprintf("%s=%d", way.setting, listen.PacketRoom))
		}
	}
	if len(less) == 0 {
		return Finding{State: OK, What: fmt.Sprintf("buffers of sockets: %d KiB each way", listen.PacketRoom>>10)}
	}
	return Finding{Note, fmt.Sprintf("buffers of sockets: the kernel gives %s, of %d KiB; bursts of calls and pictures lose packets", strings.Join(less, " and "), listen.PacketRoom>>10),
		"sudo sysctl -w " + strings.Join(settings, " ") + "   (and in a file of /etc/sysctl.d to keep it; for a container, on its host)"}
}
