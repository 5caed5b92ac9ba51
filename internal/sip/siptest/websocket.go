package siptest

import (
	"context"
	"net"
	"sync"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// webSocketWire is a browser's transport (RFC 7118): one connection, and a name
// at which nobody can be reached. Config.Server is the host and port of an HTTP
// listener; the path is /sip.
type webSocketWire struct {
	conn net.Conn
	name string

	mu sync.Mutex
}

func (w *webSocketWire) send(data []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return wsutil.WriteClientText(w.conn, data)
}
func (w *webSocketWire) local() string { return w.name }
func (w *webSocketWire) close()        { w.conn.Close() }

func (p *Phone) openWebSocket() (wire, error) {
	dialer := ws.Dialer{Protocols: []string{"sip"}, TLSConfig: p.cfg.TLS}
	conn, _, _, err := dialer.Dial(context.Background(), p.cfg.Transport+"://"+p.cfg.Server+"/sip")
	if err != nil {
		return nil, err
	}
	w := &webSocketWire{conn: conn, name: token() + ".invalid"}
	p.work.Go(func() {
		defer conn.Close()
		for {
			message, _, err := wsutil.ReadServerData(conn) // answers pings
			if err != nil {
				return
			}
			p.receive(message, w.send)
		}
	})
	return w, nil
}

// Drop closes the phone's connection to the server without a word.
func (p *Phone) Drop() { p.wire.close() }
