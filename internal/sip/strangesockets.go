package sip

import (
	"net/netip"
	"slices"

	"github.com/switchhook/switchhook/internal/source"
)

// makeRoom notes a WebSocket whose client has shown no credentials yet. The listener of HTTP
// that it came over closes none of them to make room, so that they are a part of its
// connections: where there are too many, the oldest of the loudest site leaves.
func (w *webSockets) makeRoom(stranger *webSocketConn) {
	w.mu.Lock()
	w.strangers = append(w.strangers, stranger)
	leaves := w.surplus()
	w.mu.Unlock()
	if leaves != nil {
		leaves.Close()
	}
}

// surplus is the stranger that makes room; nil: there are not too many. It runs under w.mu.
func (w *webSockets) surplus() *webSocketConn {
	w.strangers = slices.DeleteFunc(w.strangers, func(s *webSocketConn) bool {
		at := addressOf(s.RemoteAddr())
		return w.open[at] != s || !w.server.gate.Connections.IsUnknown(at)
	})
	if most := w.server.cfg.Strangers; most == 0 || len(w.strangers) <= most {
		return nil
	}
	counts := make(map[netip.Addr]int)
	site := func(s *webSocketConn) netip.Addr { return source.Site(addressOf(s.RemoteAddr()).Addr()) }
	for _, s := range w.strangers {
		counts[site(s)]++
	}
	loudest := w.strangers[0]
	for _, s := range w.strangers {
		if counts[site(s)] > counts[site(loudest)] {
			loudest = s
		}
	}
	return loudest
}
