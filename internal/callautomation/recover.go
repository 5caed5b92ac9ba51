package callautomation

import (
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// Recover tells the applications of connections that the last process left
// behind: first how their open operations ended, by the table of package call, then
// the end.
func (c *Callbacks) Recover(left []journal.Hold) {
	restarted := call.Reason{Kind: call.ServerStopped, Text: "The server was restarted while the call went on"}
	var connections []call.Head
	for _, hold := range left {
		head, err := readPromise(hold.Body)
		if err != nil {
			c.log.Error("promise cannot be read", "key", hold.Key, "error", err)
			continue
		}
		head.At = time.Now()
		if hold.Key == connectionKey(head.Connection) {
			connections = append(connections, head)
			continue
		}
		for _, e := range head.Operation.Kind.Cut(head, restarted) {
			c.Publish(e)
		}
	}
	for _, head := range connections {
		c.Publish(call.CallDisconnected{Head: head, Reason: restarted})
	}
	if len(connections) > 0 {
		c.log.Warn("calls of the process before are ended", "connections", len(connections))
	}
}
