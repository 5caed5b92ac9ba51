package insight

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"time"
)

// indexLine is a line of an index.
type indexLine struct {
	Version int     `json:"version"`
	Offset  int64   `json:"offset"`
	Length  int64   `json:"length"`
	Summary Summary `json:"summary"`
}

// indexVersion is what lines are written with. Members may be added without a new one.
// Timelines of version 1 are JSON arrays of items.
const indexVersion = 2

// load reads the indexes, the newest calls last, so many at most.
func (a *archive) load(most int) (list []*record) {
	numbers, err := a.numbers()
	if err != nil {
		a.log.Error("what is kept of calls cannot be read", "error", err)
		return nil
	}
	oldest := a.oldest(time.Now())
	for _, number := range numbers {
		text, err := os.ReadFile(a.path(number, "index"))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			a.log.Warn("an index of calls cannot be read and is skipped", "number", number, "error", err)
			continue
		}
		skipped := 0
		for line := range bytes.Lines(text) {
			var read indexLine
			if json.Unmarshal(line, &read) != nil || read.Version > indexVersion || read.Summary.ID == "" {
				if bytes.HasSuffix(line, []byte("\n")) { // else a crash has cut it off
					skipped++
				}
				continue
			}
			if !read.Summary.End.Before(oldest) {
				list = append(list, recordFrom(read, number))
			}
		}
		if skipped > 0 {
			a.log.Warn("lines of an index of calls are damaged, or of a newer version, and are skipped", "number", number, "lines", skipped)
		}
	}
	return newest(list, most)
}

// newest are the last records of a list, so many at most, and of what never became a call its
// share.
func newest(list []*record, most int) []*record {
	kept, refused := make([]*record, 0, min(len(list), most)), 0
	for _, r := range slices.Backward(list) {
		if r.subject != SubjectCall {
			refused++
		}
		switch {
		case len(kept) == most:
		case r.subject == SubjectCall || refused <= mostRefused(most):
			kept = append(kept, r)
		}
	}
	slices.Reverse(kept)
	return kept
}

// recordFrom is the record of a line.
func recordFrom(line indexLine, number int) *record {
	s := line.Summary
	return &record{
		id: s.ID, subject: s.Subject, begun: s.Begun, end: s.End, quality: s.MOS, summary: &s, settled: true,
		kept: &archivePlace{number, line.Offset, line.Length, line.Version},
	}
}
