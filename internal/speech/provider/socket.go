package provider

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/websocket"
)

// connectWithin is how long a connection may take, and openWithin how long with its
// handshakes.
const (
	connectWithin = 2 * time.Second
	openWithin    = 5 * time.Second
)

// open opens a WebSocket to a service.
func (s service) open(ctx context.Context, to *url.URL, header http.Header) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	said := ""
	header.Set("User-Agent", "switchhook")
	dialer := ws.Dialer{
		Header:  ws.HandshakeHeaderHTTP(header),
		NetDial: (&net.Dialer{Timeout: connectWithin}).DialContext,
		OnStatusError: func(_ int, _ []byte, response io.Reader) {
			answer, err := http.ReadResponse(bufio.NewReader(response), nil)
			if err == nil {
				text, _ := io.ReadAll(io.LimitReader(answer.Body, shownOfAnswer))
				said = shown(text)
			}
		},
	}
	conn, err := websocket.Dial(ctx, dialer, to.String())
	if err == nil {
		return conn, nil
	}
	var status ws.StatusError
	if errors.As(err, &status) {
		return nil, s.refused(int(status), said)
	}
	return nil, s.failed(speech.Unreachable, 0, "it cannot be reached", err)
}

// refused is an answer of HTTP that is not the one that was hoped for.
func (s service) refused(status int, said string) *speech.Error {
	kind := speech.Rejected
	if status >= 500 || status < 400 {
		kind = speech.Broken
	}
	return s.failed(kind, status, fmt.Sprintf("it answered %d %s: %s", status, http.StatusText(status), said), nil)
}

// closed is a connection that the service has closed, by the status that its reason
// stands for. Azure closes with 1007 also where a quota is exceeded.
func (s service) closed(by *websocket.ClosedError) *speech.Error {
	reason := strings.ToLower(by.Reason)
	kind, status := speech.Unreachable, 0
	switch {
	case strings.Contains(reason, "quota"), strings.Contains(reason, "too many"), by.Code == 4429:
		kind, status = speech.Rejected, http.StatusTooManyRequests
	case strings.Contains(reason, "auth"), by.Code == 4401:
		kind, status = speech.Rejected, http.StatusUnauthorized
	case by.Code == ws.StatusInvalidFramePayloadData, by.Code == ws.StatusPolicyViolation, by.Code == ws.StatusUnsupportedData:
		kind, status = speech.Rejected, http.StatusBadRequest
	case by.Code == ws.StatusInternalServerError:
		kind = speech.Broken
	}
	return s.failed(kind, status, fmt.Sprintf("it closed the connection with status %d: %s", by.Code, shown([]byte(by.Reason))), nil)
}

// shown is what of a service's words an error shows.
func shown(text []byte) string {
	text = text[:min(len(text), shownOfAnswer)]
	return strings.ToValidUTF8(strings.TrimSpace(string(text)), "?")
}

// webSocket is the address of a WebSocket beside one of HTTP.
func webSocket(u *url.URL) *url.URL {
	changed := *u
	changed.Scheme = strings.Replace(changed.Scheme, "http", "ws", 1)
	return &changed
}

// ended is why a connection has ended, in the terms of speech.
func (s service) ended(err error) error {
	var failure *speech.Error
	var closed *websocket.ClosedError
	switch {
	case err == nil, errors.As(err, &failure):
		return err
	case errors.As(err, &closed):
		return s.closed(closed)
	}
	return s.failed(speech.Unreachable, 0, "the connection broke", err)
}
