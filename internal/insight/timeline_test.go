package insight

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"syscall"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/rest"
)

// everyDetail has an item of each format with all of its members.
func everyDetail() []struct {
	format
	detail
} {
	at := time.Unix(1800000000, 123456789)
	why := call.Reason{Kind: call.Unreachable, Text: "no route takes +15551230001", SIP: call.Status{Code: 503, Phrase: "Service Unavailable"}, Q850: call.Cause{Value: 38, Text: "out of order"}, ByApplication: true}
	sound := call.Sound{Codec: "PCMU", Sent: 500, Received: 499, Loss: .01, RemoteLoss: .02, Jitter: time.Millisecond, MaxJitter: time.Second, RoundTrip: 30 * time.Millisecond, Concealed: 20 * time.Millisecond, MOS: 4.2, RemoteMOS: 4.1}
	return []struct {
		format
		detail
	}{
		{formatMessage, &sipMessage{true, "UDP", here, phone, invite(aCallID)}},
		{formatAttempt, &attempt{history.Attempt{
			Time: at, ID: "event", Group: aConnection, Note: "Microsoft.Communication.CallConnected", URL: "https://app.example/callbacks", Number: 2, Status: 503,
			Latency: time.Second, Answer: "later", Error: "none", Result: history.Retried, Reason: "busy", Next: at.Add(time.Minute),
		}, []byte(`[{"id":"event"}]`), true}},
		{formatLeg, &legNews{call.LegGone, caller.Raw(), true, aCallID, why, call.Wire{Trunk: "main", CallID: aCallID, Device: "phone/1", Sound: sound}}},
		{formatEvent, &event{eventDetail{"PlayFailed", aConnection, "play", "operation", "mine", caller.Raw(), []string{caller.Raw(), callee.Raw()}, &ReasonView{"failed", "text", 500, 41}, "cause"}, true}},
		{formatRequest, &request{rest.Served{
			At: at, Took: time.Millisecond, ID: "request", Method: "POST", Pattern: "/calling/callConnections:answer", Path: "/calling/callConnections:answer", Version: "2024-09-15",
			Status: 400, Sender: "primary", Body: []byte(`{}`), Answer: []byte(`{"error":{}}`),
		}}},
		{formatLog, &logLine{slog.LevelWarn, "a line"}},
		{formatMeasure, &measurement{caller.Raw(), sound}},
		{formatBrowser, &clientMedia{caller.Raw(), call.ClientMedia{Received: 1, Lost: 2, Jitter: 3, Buffer: 4, RoundTrip: 5, Concealed: 6, SentKbps: 7, ReceivedKbps: 8, Spoken: 9, Heard: 10, Pair: "host/host"}}},
		{formatAnnounce, &announced{caller.Raw(), callee.Raw(), 3}},
		{formatEnd, &callEnd{why}},
	}
}

func TestItemsAreReadAsTheyWereWritten(t *testing.T) {
	var kept timeline
	var spare spareBlocks
	var c coder
	var item []byte
	every := everyDetail()
	for n, one := range every {
		c.begin(one.format, time.Unix(0, int64(n)))
		one.code(&c)
		item = c.appendTo(item[:0])
		kept.put(item, &spare)
	}
	entries, err := kept.entries()
	if err != nil || len(entries) != len(every) || len(entries) != len(formats)-1 {
		t.Fatalf("%d items, %v", len(entries), err)
	}
	for n, e := range entries {
		if !reflect.DeepEqual(e.detail, every[n].detail) || e.nanos != int64(n) {
			t.Errorf("%+v was read, which was %+v", e, every[n].detail)
		}
	}
	n := 0
	for item := range kept.items() {
		if read, err := entriesIn(nil, item); err != nil || len(read) != 1 || read[0].nanos != int64(n) {
			t.Errorf("item %d is %+v, %v", n, read, err)
		}
		n++
	}
	if n != len(every) {
		t.Errorf("%d items", n)
	}
}

// TestItemsOfAllSizesAreKept, and copies of a timeline keep theirs.
func TestItemsOfAllSizesAreKept(t *testing.T) {
	var kept timeline
	var spare spareBlocks
	var c coder
	var item []byte
	counted, real := 0, 0
	copies := []timeline{}
	size := func(n int) int { return n * n * 131 % maxBody }
	const many = 200
	for n := range many {
		c.begin(formatLog, time.Unix(0, int64(n)))
		line := logLine{text: string(bytes.Repeat([]byte{byte('a' + n%26)}, size(n)))}
		line.code(&c)
		item = c.appendTo(item[:0])
		counted += kept.cost(len(item))
		kept.put(item, &spare)
		clear(item)
		copies = append(copies, kept)
	}
	for n, one := range copies {
		entries, err := one.entries()
		if err != nil || len(entries) != n+1 {
			t.Fatalf("copy %d has %d items, %v", n, len(entries), err)
		}
		want := string(bytes.Repeat([]byte{byte('a' + n%26)}, size(n)))
		if got := entries[n].detail.(*logLine).text; got != want {
			t.Fatalf("item %d has %d bytes, which should be %d", n, len(got), len(want))
		}
	}
	for _, block := range kept.blocks() {
		real += cap(block)
	}
	if counted < real || counted > real*11/10 {
		t.Errorf("%d bytes are counted of %d", counted, real)
	}
}

func TestAddingAnItemAllocatesNothingButItsBlock(t *testing.T) {
	h := newHub(t, Config{})
	defer h.Close()
	text := invite(aCallID)
	legCame(h, &wireLeg{id: aCallID})
	now := time.Now()
	before := len(h.byID[aCall].timeline.full)
	const messages = 1000
	n := testing.AllocsPerRun(messages, func() { h.SIP(now, true, "UDP", here, phone, text) })
	if blocks := len(h.byID[aCall].timeline.full) - before; n > 2*float64(blocks)/messages {
		t.Errorf("%v allocations for a message, with %d blocks for %d", n, blocks, messages)
	}
}

// TestUsualEventsAreKeptAsOthers: those that every call has are read without reflection.
func TestUsualEventsAreKeptAsOthers(t *testing.T) {
	for _, op := range []call.Operation{{}, {ID: "operation", Kind: call.AnswerOperation, Context: "mine", Who: caller}} {
		head := call.Head{Connection: "connection", Operation: op}
		for _, e := range []call.Event{
			call.ConnectionOpened{Head: head}, call.CallConnected{Head: head}, call.CallDisconnected{Head: head, Reason: call.Reason{Kind: call.NoAnswer, Text: "nobody was there"}},
			call.ParticipantsUpdated{Head: head, Participants: []call.Participant{{ID: caller}, {ID: callee, Muted: true}}, Sequence: 4},
		} {
			got := eventOf(e)
			want := got
			want.Name, want.Reason, want.Participants = nameOf(e), nil, nil
			want.readMembers(reflect.ValueOf(e))
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%T is kept as %+v, which should be %+v", e, got, want)
			}
		}
	}
}

func TestFullDiskIsKnownByItsError(t *testing.T) {
	full := eventOf(call.StartRecordingFailed{Cause: fmt.Errorf("write: %w", syscall.ENOSPC)})
	other := eventOf(call.StartRecordingFailed{Cause: errors.New("no")})
	if !full.diskFull || other.diskFull {
		t.Errorf("%+v, %+v", full, other)
	}
}

// FuzzTimeline: whatever bytes a file has, reading them ends, with items that can be shown
// or with an error.
func FuzzTimeline(f *testing.F) {
	for _, one := range everyDetail() {
		var c coder
		c.begin(one.format, time.Unix(0, 1))
		one.code(&c)
		f.Add(c.appendTo(nil))
	}
	f.Fuzz(func(t *testing.T, block []byte) {
		if entries, err := unpack(nil, block); err == nil {
			itemsOf(entries)
		}
		entries, err := entriesIn(nil, block)
		for n, e := range entries {
			e.item(n)
		}
		if err != nil {
			return
		}
		for _, e := range entries {
			var c coder
			e.write(&c)
			if again, err := readEntry(c.bytes); err != nil || fmt.Sprint(again.item(1)) != fmt.Sprint(e.item(1)) {
				t.Errorf("%+v is %+v, %v, when it is written again", e, again, err)
			}
		}
	})
}
