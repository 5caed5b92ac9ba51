package cdr

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/store"
)

// Query says which records are wanted. Zero values leave a condition out.
type Query struct {
	About        string    // part of a raw id, a phone number, an id of the call, a connection or a SIP dialog, a trunk
	Since, Until time.Time // of the call's end
	Failed       bool      // only calls in which no phone was answered and which did not end normally
	Limit        int       // records at most; 100
	Token        string    // where the next page begins, as Page.Next
}

// Page is an answer, the newest first.
type Page struct {
	Records []json.RawMessage
	Next    string // "" at the end
}

// Search reads the records. It stops when ctx is done.
func (k *Keeper) Search(ctx context.Context, q Query) (Page, error) {
	if q.Limit <= 0 {
		q.Limit = 100
	}
	from, offset, err := parseToken(q.Token)
	if err != nil {
		return Page{}, err
	}
	k.Flush()
	names, err := (&files{dir: k.cfg.Dir}).list()
	if err != nil {
		return Page{}, err
	}
	slices.Reverse(names)
	today := k.cfg.Now().UTC().Format(time.DateOnly) // a later day is of a clock that was ahead: its file has any time
	page := Page{Records: []json.RawMessage{}}
	for _, name := range names {
		day := name[:len(time.DateOnly)]
		if from != "" && name != from {
			continue
		}
		at := offset
		from, offset = "", -1
		if !q.Until.IsZero() && day > q.Until.UTC().Format(time.DateOnly) && day <= today {
			continue
		}
		if !q.Since.IsZero() && day < q.Since.UTC().Format(time.DateOnly) {
			break
		}
		full, err := k.searchFile(ctx, name, at, q, &page)
		if err != nil || full {
			return page, err
		}
	}
	return page, nil
}

// searchFile adds the records of a file, from an offset backwards; -1 is its end.
func (k *Keeper) searchFile(ctx context.Context, name string, offset int64, q Query, page *Page) (full bool, err error) {
	file, err := os.Open(filepath.Join(k.cfg.Dir, name))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil // pruned meanwhile
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return false, err
	}
	if offset < 0 || offset > info.Size() {
		offset = info.Size()
	}
	lines := linesBefore(file, offset)
	for ctx.Err() == nil {
		line, begins, err := lines.next()
		if err == io.EOF {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("read call records: %w", err)
		}
		matches, err := q.matches(line)
		if err != nil {
			return false, fmt.Errorf("read %s: %w", name, err)
		}
		if !matches {
			continue
		}
		page.Records = append(page.Records, slices.Clone(line))
		if len(page.Records) == q.Limit {
			page.Next = name + ":" + strconv.FormatInt(begins, 10)
			return true, nil
		}
	}
	return false, context.Cause(ctx)
}

// matches decodes a line only where it may be wanted. What is no record of ours does
// not match; one of a newer version is an error, since it might.
func (q Query) matches(line []byte) (bool, error) {
	if len(line) == 0 || q.About != "" && !bytes.Contains(line, []byte(q.About)) {
		return false, nil
	}
	r, err := readRecord(line)
	if errors.Is(err, store.ErrNewer) {
		return false, err
	}
	return err == nil && (q.Since.IsZero() || !r.End.Before(q.Since)) && (q.Until.IsZero() || r.End.Before(q.Until)) &&
		(!q.Failed || r.failed()) && (q.About == "" || r.concerns(q.About)), nil
}

// failed reports whether a call came to nothing.
func (r Record) failed() bool {
	for _, leg := range r.Legs {
		if leg.Answered != nil {
			return false
		}
	}
	return r.Reason.Kind != "normal" && r.Reason.Kind != "endedByApplication"
}

// concerns looks only at what identifies: not at texts.
func (r Record) concerns(about string) bool {
	has := func(texts ...string) bool {
		return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, about) })
	}
	return has(r.CorrelationID, r.ServerCallID, r.From, r.To) ||
		slices.ContainsFunc(r.Legs, func(l Leg) bool { return has(l.Participant, l.SIPCallID, l.Trunk) }) ||
		slices.ContainsFunc(r.Connections, func(c Connection) bool { return has(c.ID) })
}

// parseToken reads where a page begins: a file of ours, and an offset.
func parseToken(token string) (name string, offset int64, err error) {
	if token == "" {
		return "", -1, nil
	}
	name, text, _ := strings.Cut(token, ":")
	offset, err = strconv.ParseInt(text, 10, 64)
	if err != nil || offset < 0 || !fileName.MatchString(name) {
		return "", 0, fault.Invalid("the page token is not one that was given out")
	}
	return name, offset, nil
}
