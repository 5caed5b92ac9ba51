package insight

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
)

// isPacked reports whether the timeline of a call is packed, and the memory that it takes.
func isPacked(h *Hub, id string) (bool, int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.byID[id]
	return r.timeline.isPacked(), r.bytes
}

// TestCallsThatAreOverArePacked, show what they showed, and take late news.
func TestCallsThatAreOverArePacked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{Dir: t.TempDir()})
		defer h.Close()
		wholeCall(h, 1)
		const id = "call-00000001"
		sum, items, _ := h.Timeline(id)
		before, bytes := isPacked(h, id)
		time.Sleep(2500 * time.Millisecond) // between the hub's rounds
		after, less := isPacked(h, id)
		if before || !after || less >= bytes/2 || h.taken != less {
			t.Fatalf("packed: %t, then %t; %d bytes, then %d; %d are taken", before, after, bytes, less, h.taken)
		}
		if again, same, _ := h.Timeline(id); !reflect.DeepEqual(again, sum) || !reflect.DeepEqual(same, items) {
			t.Errorf("%+v is shown, which was %+v", same, items)
		}
		h.Delivery(&delivery.Message{Group: "connection-" + id}, history.Attempt{Time: time.Now(), Note: "late", Number: 2, Result: history.Failed})
		late := timelineOf(t, h, id)
		if last := late[len(late)-1]; len(late) != len(items)+1 || last.Seq != len(late) || last.Kind != KindDelivery || !last.Failed {
			t.Errorf("the last of %d items is %+v", len(late), last)
		}
		is, _ := isPacked(h, id)
		time.Sleep(2 * time.Second)
		if again, _ := isPacked(h, id); is || !again || !reflect.DeepEqual(timelineOf(t, h, id), late) {
			t.Errorf("packed with late news: %t, then %t", is, again)
		}
		time.Sleep(settleTime) // into the archive
		h.mu.Lock()
		h.dropTimeline(h.byID[id])
		taken := h.taken
		h.mu.Unlock()
		if kept := timelineOf(t, h, id); !reflect.DeepEqual(kept, late) || taken != 0 {
			t.Errorf("%+v is archived, which should be %+v; %d bytes are taken", kept, late, taken)
		}
	})
}

// TestFewCallsArePackedSoon: what is not packed takes three times as much.
func TestFewCallsArePackedSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{})
		defer h.Close()
		const calls = 20
		for n := range calls {
			overCall(h, fmt.Sprint(n))
			time.Sleep(30 * time.Millisecond)
		}
		time.Sleep(2 * packTime)
		for n := range calls {
			if is, _ := isPacked(h, fmt.Sprint(n)); !is {
				t.Errorf("call %d of %d is not packed", n, calls)
			}
		}
	})
}

// TestManyCallsArePackedAtOnce, not once a second.
func TestManyCallsArePackedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{})
		defer h.Close()
		for n := range 10 * packAt {
			overCall(h, fmt.Sprint(n))
			synctest.Wait()
		}
		packed := 0
		for n := range 10 * packAt {
			if is, _ := isPacked(h, fmt.Sprint(n)); is {
				packed++
			}
		}
		if waiting := 10*packAt - packed; waiting < packLess || waiting >= packAt {
			t.Errorf("%d calls wait to be packed", waiting)
		}
	})
}

// TestNewsWhileATimelineIsPackedIsKept: the timeline stays as it is.
func TestNewsWhileATimelineIsPackedIsKept(t *testing.T) {
	h := newHub(t, Config{})
	close(h.stop) // it packs nothing of its own accord
	h.work.Wait()
	defer func() { h.stop = make(chan struct{}); h.Close() }()
	for n := range 200 {
		id := fmt.Sprint("call-", n)
		overCall(h, id)
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range 20 {
				h.SIP(time.Now(), true, "UDP", here, phone, reply("sip-"+id, "200 OK"))
			}
		}()
		h.packEnded(time.Now().Add(packTime))
		<-done
		h.packLate()
		if is, _ := isPacked(h, id); !is {
			t.Fatal("what came while it was packed is not packed later")
		}
		if items := timelineOf(t, h, id); len(items) != 24 {
			t.Fatalf("%d items", len(items))
		}
	}
}

// TestBlocksAreUsedAgain, but not those that somebody may read: a copy of a timeline, and
// what waits for a follower, stay as they are.
func TestBlocksAreUsedAgain(t *testing.T) {
	h := newHub(t, Config{})
	close(h.stop) // it packs nothing of its own accord
	h.work.Wait()
	defer func() { h.stop = make(chan struct{}); h.Close() }()
	spare := func() int { return len(h.spare.first) + len(h.spare.next) }
	pack := func() { h.packEnded(time.Now().Add(packTime)) }

	wholeCall(h, 1)
	h.mu.Lock()
	copied := h.order.newest(1)[0].snapshot()
	h.mu.Unlock()
	before := fmt.Sprint(copied.items())
	pack()
	if n := spare(); n != 0 {
		t.Errorf("%d blocks of a timeline that was copied are used again", n)
	}

	f, err := h.Follow()
	if err != nil {
		t.Fatal(err)
	}
	wholeCall(h, 2)
	pack()
	told, want := []Item{}, timelineOf(t, h, "call-00000002")
	if n := spare(); n != 0 {
		t.Errorf("%d blocks that a follower waits for are used again", n)
	}

	f.hub.following.Add(-1) // it is not told of what comes now
	wholeCall(h, 3)
	pack()
	blocks := spare()
	if blocks == 0 {
		t.Error("no block is used again")
	}
	for n := range 20 {
		wholeCall(h, 100+n)
	}
	if spare() != 0 {
		t.Errorf("%d blocks are left of %d", spare(), blocks)
	}
	f.hub.following.Add(1)
	for len(f.news) > 0 {
		u, err := f.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if u.Item != nil && u.Call.ID == "call-00000002" {
			told = append(told, *u.Item)
		}
	}
	f.Close()
	slices.SortFunc(want, func(a, b Item) int { return a.Seq - b.Seq })
	if fmt.Sprint(told) != fmt.Sprint(want) {
		t.Errorf("a follower is told %v, which was %v", told, want)
	}
	copied.opened = false
	if after := fmt.Sprint(copied.items()); after != before {
		t.Errorf("a copy has %s, and had %s", after, before)
	}
}
