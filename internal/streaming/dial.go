package streaming

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/websocket"
)

// sendBuffer bounds what the system keeps for an application that does not read, in
// bytes: half a second of messages. What is older is of no use to it.
const sendBuffer = 32 << 10

// errSocketEnd is the end of a stream that was stopped.
var errSocketEnd = errors.New("the stream was stopped")

// dialTimeout is how long connecting and the handshake may take together.
const dialTimeout = 10 * time.Second

// StatusError is an application that has refused the WebSocket with a status of
// HTTP.
type StatusError struct{ Status int }

func (e *StatusError) Error() string {
	return fmt.Sprintf("the application answered %d %s to the opening handshake", e.Status, http.StatusText(e.Status))
}

// schemes are those of addresses that a WebSocket can be opened to, with the one that
// stands for them. An address of the web is that of the WebSocket there, as in browsers
// (WHATWG WebSockets §3.1): samples of Microsoft's derive transportUrl from their own
// address, which on a laptop is one of http.
var schemes = map[string]string{"wss": "wss", "ws": "ws", "https": "wss", "http": "ws"}

// Address returns the address of a WebSocket as it is connected to, or why a text is
// none.
func Address(text string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return "", errors.New("it is not a URL")
	}
	scheme, ok := schemes[u.Scheme]
	switch {
	case !ok:
		return "", errors.New("its scheme is neither wss nor ws")
	case u.Hostname() == "":
		return "", errors.New("it names no host")
	case u.Fragment != "":
		return "", errors.New("it has a fragment, which a WebSocket has not") // RFC 6455 §3
	}
	u.Scheme = scheme
	return u.String(), nil
}

// dial opens a WebSocket to the application.
func (d *Dialer) dial(ctx context.Context, cfg Config) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, dialTimeout, fmt.Errorf("the application has not answered the opening handshake within %v", dialTimeout))
	defer cancel()
	token, err := d.Token(ctx)
	if err != nil {
		return nil, err
	}
	dialer := ws.Dialer{
		Header: ws.HandshakeHeaderHTTP{
			"Authorization":            {"Bearer " + token},
			"x-ms-call-connection-id":  {cfg.ConnectionID},
			"x-ms-call-correlation-id": {cfg.CorrelationID},
			"User-Agent":               {"switchhook"},
		},
		NetDial:   d.netDial,
		TLSConfig: d.TLS,
	}
	if dialer.NetDial == nil {
		dialer.NetDial = d.reach
	}
	conn, err := websocket.Dial(ctx, dialer, cfg.URL)
	if plain := withoutTLS(cfg.URL, err); plain != "" {
		conn, err = websocket.Dial(ctx, dialer, plain)
	}
	if err != nil {
		return nil, explained(ctx, err)
	}
	return conn, nil
}

// withoutTLS returns the address of ws to connect to after an attempt with TLS at a program
// of this machine that speaks none, else "". Samples of Microsoft's write wss before the
// host of their own address, which on a laptop is one of http.
func withoutTLS(address string, failed error) string {
	u, err := url.Parse(address)
	if err != nil || !speaksNoTLS(failed) || !isLoopback(u.Hostname()) {
		return ""
	}
	u.Scheme = "ws"
	return u.String()
}

// speaksNoTLS reports whether a handshake of TLS was answered by something else.
func speaksNoTLS(err error) bool {
	var other tls.RecordHeaderError
	return errors.As(err, &other)
}

// isLoopback reports whether a host is this machine, by whatever name it has without DNS.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	at, err := netip.ParseAddr(host)
	return err == nil && at.Unmap().IsLoopback()
}

// reach connects to an address that may be connected to.
func (d *Dialer) reach(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{KeepAlive: 30 * time.Second}
	dialer.Control = func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || d.Check == nil {
			return err
		}
		return d.Check(to.Addr().Unmap())
	}
	conn, err := dialer.DialContext(ctx, network, address)
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(sendBuffer)
	}
	return conn, err
}

// explained is why an opening handshake failed, in the application's terms.
func explained(ctx context.Context, err error) error {
	var status ws.StatusError
	switch {
	case errors.As(err, &status):
		return &StatusError{int(status)}
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case speaksNoTLS(err):
		return errors.New("the application speaks no TLS at this address: it begins with ws, not wss")
	}
	return err
}

// final reports whether trying again is of no use: the application has refused the
// stream, or may not be connected to.
func final(err error) bool {
	var status *StatusError
	if errors.As(err, &status) {
		return status.Status < 500 && status.Status != http.StatusRequestTimeout && status.Status != http.StatusTooManyRequests
	}
	var unverified *tls.CertificateVerificationError
	return errors.As(err, &unverified) || errors.Is(err, errSocketEnd)
}
