package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
)

// maxWebhook bounds the body of a webhook, in bytes.
const maxWebhook = 1 << 20

// webhooks is an HTTP/1.1 server of POST requests alone, by path. It takes a third of the
// processor that net/http's takes, which the application and sipp share: what the server
// under load can do is to show, not what they can.
type webhooks struct {
	handlers map[string]func(body []byte) (answer []byte)
	listener net.Listener
	work     sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]struct{} // nil: it is closed
}

// serveWebhooks listens on a free port of loopback. The handlers' bodies are theirs
// until they return.
func serveWebhooks(handlers map[string]func(body []byte) []byte) (*webhooks, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &webhooks{handlers: handlers, listener: listener, conns: map[net.Conn]struct{}{}}
	w.work.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if w.keep(conn) {
				w.work.Go(func() { w.serve(conn) })
			}
		}
	})
	return w, nil
}

// url is where a path is reached.
func (w *webhooks) url(path string) string { return "http://" + w.listener.Addr().String() + path }

// keep notes a connection, so that close ends it; false: it is closed already.
func (w *webhooks) keep(conn net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conns == nil {
		conn.Close()
		return false
	}
	w.conns[conn] = struct{}{}
	return true
}

// close ends the connections, and waits for the handlers.
func (w *webhooks) close() {
	w.listener.Close()
	w.mu.Lock()
	for conn := range w.conns {
		conn.Close()
	}
	w.conns = nil
	w.mu.Unlock()
	w.work.Wait()
}

// serve answers the requests of a connection until it ends.
func (w *webhooks) serve(conn net.Conn) {
	defer func() {
		conn.Close()
		w.mu.Lock()
		delete(w.conns, conn)
		w.mu.Unlock()
	}()
	reader := bufio.NewReader(conn)
	var body, answer bytes.Buffer
	for {
		request, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		body.Reset()
		if _, err := body.ReadFrom(io.LimitReader(request.Body, maxWebhook)); err != nil {
			return
		}
		answer.Reset()
		handle := w.handlers[request.URL.Path]
		if handle == nil || request.Method != http.MethodPost {
			answer.WriteString("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
		} else {
			text := handle(body.Bytes())
			fmt.Fprintf(&answer, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(text))
			answer.Write(text)
		}
		if _, err := conn.Write(answer.Bytes()); err != nil || request.Close {
			return
		}
	}
}
