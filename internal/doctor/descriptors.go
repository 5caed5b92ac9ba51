package doctor

import (
	"fmt"

	"github.com/switchhook/switchhook/internal/connlimit"
)

// descriptorFinding says whether the process may open as many files and sockets as all the RTP ports and
// what else it serves take. This process has the limit of the shell, which that of a service may not be.
func descriptorFinding(permitted, rtpPorts int) Finding {
	wanted := connlimit.Wanted(rtpPorts)
	if permitted >= wanted {
		return Finding{State: OK, What: fmt.Sprintf("files and sockets: %d are permitted here", permitted)}
	}
	return Finding{Note, fmt.Sprintf("files and sockets: %d are permitted here; the %d RTP ports and connections take up to %d", permitted, rtpPorts, wanted),
		fmt.Sprintf("calls and connections beyond are refused: ulimit -n %d (systemd: LimitNOFILE=%d; Docker: --ulimit nofile=%d)", wanted, wanted, wanted)}
}
