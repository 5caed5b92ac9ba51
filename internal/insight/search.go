package insight

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Query says which calls are wanted. Zero values leave a condition out.
type Query struct {
	About   string // part of a number, a user, a room, an id of any kind, a trunk
	Text    string // part of the reason, or of any line of the timeline
	EndCode int    // SIP's status, or Q.850's cause
	Trunk   string
	Below   float64 // MOS
	Failed  bool
	State   State
	Subject Subject
	Since   time.Time // of its beginning
	Until   time.Time
	Before  string // id of the call after which the page begins
	Limit   int
}

// Page is an answer, the newest first.
type Page struct {
	Calls []Summary
	Next  string // Before of the next page; "" at the end
}

// Search looks through the calls that are known. It stops when ctx ends.
func (h *Hub) Search(ctx context.Context, q Query) Page {
	h.mu.Lock()
	records := slices.Collect(h.order.all())
	h.mu.Unlock()
	page := Page{Calls: []Summary{}}
	skipping := q.Before != ""
	for _, r := range slices.Backward(records) {
		if ctx.Err() != nil {
			break
		}
		if skipping {
			skipping = r.id != q.Before
			continue
		}
		h.mu.Lock()
		s := r.snapshot()
		h.mu.Unlock()
		if !q.mayMatch(&s) {
			continue
		}
		sum := s.summarize()
		if !q.matches(sum) || q.Text != "" && !h.hasText(s, sum, strings.ToLower(q.Text)) {
			continue
		}
		if len(page.Calls) == q.Limit {
			page.Next = page.Calls[q.Limit-1].ID
			break
		}
		page.Calls = append(page.Calls, sum)
	}
	return page
}

// mayMatch asks what costs nothing, before the summary is made.
func (q Query) mayMatch(s *snapshot) bool {
	return (q.Since.IsZero() || !s.begun.Before(q.Since)) && (q.Until.IsZero() || s.begun.Before(q.Until)) &&
		(q.Subject == "" || q.Subject == s.subject) && (q.Below == 0 || s.quality > 0 && s.quality < q.Below)
}

func (q Query) matches(s Summary) bool {
	return (!q.Failed || s.Failed) && (q.State == "" || q.State == s.State) &&
		(q.EndCode == 0 || q.EndCode == s.SIP || q.EndCode == s.Q850) &&
		(q.Trunk == "" || slices.Contains(s.Trunks, q.Trunk)) && (q.About == "" || s.concerns(q.About))
}

// concerns looks at what identifies, not at texts.
func (s Summary) concerns(about string) bool {
	has := func(text string) bool { return strings.Contains(text, about) }
	return has(s.ID) || has(s.ServerCall) || has(s.Group) || has(s.Room) || has(s.From) || has(s.To) ||
		slices.ContainsFunc(s.People, has) || slices.ContainsFunc(s.Connections, has) || slices.ContainsFunc(s.CallIDs, has) || slices.ContainsFunc(s.Trunks, has)
}

// hasText looks for a text in the reason and in the lines of the timeline.
func (h *Hub) hasText(s snapshot, sum Summary, text string) bool {
	if strings.Contains(strings.ToLower(sum.Reason), text) {
		return true
	}
	s.open()
	for _, e := range s.entries {
		if _, line, _ := e.line(); strings.Contains(strings.ToLower(line), text) {
			return true
		}
	}
	if len(s.entries) > 0 || s.kept == nil {
		return false
	}
	items, err := h.archive.read(*s.kept)
	return err == nil && slices.ContainsFunc(items, func(i Item) bool { return strings.Contains(strings.ToLower(i.Text), text) })
}
