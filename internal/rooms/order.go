package rooms

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
)

// order has the rooms in the order of their creation, in which lists show them. It is
// made when they are listed first.
type order struct {
	reading sync.Mutex
	mu      sync.Mutex // held around memory
	kept    bool       // what comes and goes is noted
	whole   bool       // it has all rooms
	list    []entry    // the oldest first
}

// entry is a room's place.
type entry struct {
	created time.Time
	id      string
}

func compareEntries(a, b entry) int {
	return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.id, b.id))
}

// readAll reads all rooms, once.
func (o *order) readAll(ctx context.Context, a *API) error {
	o.reading.Lock()
	defer o.reading.Unlock()
	o.mu.Lock()
	o.kept = true
	whole := o.whole
	o.mu.Unlock()
	if whole {
		return nil
	}
	var all []entry
	for item, err := range a.rooms.All(ctx) {
		if err != nil {
			return err
		}
		all = append(all, entry{item.Value.Created, item.ID})
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	all = append(all, o.list...) // created meanwhile
	slices.SortFunc(all, compareEntries)
	o.list, o.whole = slices.CompactFunc(all, func(a, b entry) bool { return a.id == b.id }), true
	return nil
}

// add notes a new room.
func (o *order) add(e entry) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.kept {
		return
	}
	if at, found := slices.BinarySearchFunc(o.list, e, compareEntries); !found {
		o.list = slices.Insert(o.list, at, e)
	}
}

// remove notes that a room is no more.
func (o *order) remove(e entry) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if at, found := slices.BinarySearchFunc(o.list, e, compareEntries); found {
		o.list = slices.Delete(o.list, at, at+1)
	}
}

// before returns up to limit rooms that are older than one, the newest first, and whether
// more follow. Every room is older than none.
func (o *order) before(last entry, limit int) (older []entry, more bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	at := len(o.list)
	if last.id != "" {
		at, _ = slices.BinarySearchFunc(o.list, last, compareEntries)
	}
	from := max(at-limit, 0)
	older = slices.Clone(o.list[from:at])
	slices.Reverse(older)
	return older, from > 0
}

// token names the last room of a page, so that pages stay right while rooms come and go.
func (e entry) token() string {
	return store.PageToken(strconv.FormatInt(e.created.UnixNano(), 10) + " " + e.id)
}

// readToken reads a token; "" is that of the first page.
func readToken(token string) (last entry, err error) {
	if token == "" {
		return entry{}, nil
	}
	key, err := store.PageKey(token)
	created, id, _ := strings.Cut(key, " ")
	nanoseconds, wrong := strconv.ParseInt(created, 10, 64)
	if err != nil || wrong != nil || id == "" {
		return entry{}, rest.NotGivenOut()
	}
	return entry{time.Unix(0, nanoseconds).UTC(), id}, nil
}
