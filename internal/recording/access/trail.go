package access

import (
	"encoding/json"
	"errors"
	"os"
	"sync"
	"time"
)

// trailMode lets the server's user alone read the trail.
const trailMode = 0o600

// maxTrail is the size at which a trail's file is put aside, in bytes: about
// 300,000 attempts.
const maxTrail = 64 << 20

// Trail is the file of attempts: a JSON object in each line. When it is full it is
// renamed to NAME.1, over the one before; who must keep them longer moves them away.
// A nil trail keeps nothing.
type Trail struct {
	name string
	full int64

	mu   sync.Mutex
	file *os.File
	size int64
	torn bool // it ends with half a line
}

// line is an attempt as it is kept.
type line struct {
	At        time.Time `json:"at"`
	Who       string    `json:"who"` // as package permit names askers
	KeyID     string    `json:"keyId,omitempty"`
	Issuer    string    `json:"issuer,omitempty"`
	From      string    `json:"from"`
	Action    Action    `json:"action"`
	Operation string    `json:"operation,omitempty"`
	Recording string    `json:"recording"`
	Allowed   bool      `json:"allowed"`
}

// OpenTrail opens a trail, or begins one.
func OpenTrail(name string) (*Trail, error) {
	t := &Trail{name: name, full: maxTrail}
	return t, t.open()
}

func (t *Trail) open() (err error) {
	if t.file, err = os.OpenFile(t.name, os.O_CREATE|os.O_APPEND|os.O_RDWR, trailMode); err != nil {
		return err
	}
	info, err := t.file.Stat()
	if err != nil {
		return errors.Join(err, t.file.Close())
	}
	t.size, t.torn = info.Size(), false
	if t.size == 0 {
		return nil
	}
	var last [1]byte // a crash of the system may have cut off a line
	if _, err := t.file.ReadAt(last[:], t.size-1); err != nil {
		return errors.Join(err, t.file.Close())
	}
	t.torn = last[0] != '\n'
	return nil
}

// maxNamed bounds what a line repeats of a request, in bytes.
const maxNamed = 300

// note writes an attempt. A crash of the system may take the last ones, a crash of
// the server none.
func (t *Trail) note(q Request, asker string, allowed bool) error {
	if t == nil {
		return nil
	}
	text, err := json.Marshal(line{
		At: time.Now().UTC(), Who: asker, KeyID: q.Sender.KeyID, Issuer: q.Sender.Issuer, From: q.From,
		Action: q.Action, Operation: q.Operation, Recording: q.Recording[:min(len(q.Recording), maxNamed)], Allowed: allowed,
	})
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.size >= t.full {
		if err := t.turn(); err != nil {
			return err
		}
	}
	text = append(text, '\n')
	if t.torn { // half a line must not spoil this one
		text = append([]byte("\n"), text...)
	}
	n, err := t.file.Write(text)
	if err != nil && n > 0 && t.file.Truncate(t.size) == nil {
		n = 0
	}
	t.size += int64(n)
	t.torn = err != nil && (n > 0 || t.torn)
	return err
}

// turn puts the full file aside and begins another.
func (t *Trail) turn() error {
	if err := errors.Join(t.file.Close(), os.Rename(t.name, t.name+".1")); err != nil {
		return errors.Join(err, t.open())
	}
	return t.open()
}

// Close closes the file.
func (t *Trail) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.file.Close()
}
