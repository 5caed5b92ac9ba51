package callautomation

import (
	"cmp"
	"net/url"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
)

// maxWaiting bounds the callbacks that wait, in bytes, beyond which nothing is begun that would
// have more of them. Calls that ring are answered, and what ends something is done, always; what
// would only tell that there is nothing to end is refused too.
const maxWaiting = 128 << 20

// checkBacklog refuses what would have callbacks to an endpoint for which too many wait. It may have as
// many as there is room left, as the groups of package delivery: an application that is dead
// takes half of it at most, and keeps others from nothing.
func (a *API) checkBacklog(callback string) error {
	all, there := a.journal.Waiting(Policy, callback)
	switch left := maxWaiting - all; {
	case left <= 0:
		return fault.Busy(5*time.Second, "%d MB of callbacks wait for applications that do not take them.", all>>20)
	case there >= left:
		return fault.Throttled(5*time.Second, "%d MB of callbacks wait for %s, which does not take them: nothing is begun until it does.", there>>20, hostOf(callback))
	}
	return nil
}

// hostOf is the host and port of an address that was taken.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "this host"
	}
	return u.Host
}

// checkBacklogOf is checkBacklog for an operation of a connection.
func (a *API) checkBacklogOf(conn *call.Connection, what call.Context) error {
	return a.checkBacklog(cmp.Or(what.CallbackURI, conn.CallbackURI()))
}
