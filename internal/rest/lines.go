package rest

import (
	"net/http"
	"slices"
	"time"
)

// LinesBeat is how often an answer of Lines has an empty line, by which both ends know
// that the other lives.
const LinesBeat = 15 * time.Second

// linesPatience is how long a client may take for a line.
const linesPatience = 10 * time.Second

// Lines is an answer that goes on: a JSON object a line, each sent at once.
type Lines struct {
	w        http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration
}

// NewLines begins such an answer. Its header reaches the client with the first line.
func NewLines(w http.ResponseWriter) (*Lines, error) {
	l := &Lines{w, http.NewResponseController(w), linesPatience}
	if ans, is := w.(*answer); is {
		ans.ownPace = true
	}
	// A limit on reading requests would cut an answer that goes on.
	if err := l.control.SetReadDeadline(time.Time{}); err != nil {
		return nil, err
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	return l, nil
}

// Send writes a line; an empty one is a beat. An error means that the client has gone, or
// does not read.
func (l *Lines) Send(line []byte) error {
	if err := l.control.SetWriteDeadline(time.Now().Add(l.patience)); err != nil {
		return err
	}
	if _, err := l.w.Write(append(slices.Clip(line), '\n')); err != nil {
		return err
	}
	if err := l.control.Flush(); err != nil {
		return err
	}
	// HTTP/2 ends a stream whose deadline passes, also when nothing is written.
	return l.control.SetWriteDeadline(time.Time{})
}
