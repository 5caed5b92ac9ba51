package recording

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/store/storetest"
)

func TestStoredFormat(t *testing.T) {
	at, second := time.Date(2026, 1, 2, 3, 4, 5, 600, time.UTC), 1
	storetest.Golden(t, stored, Record{
		ID: "eyJQbGF0Zm9ybUVuZHBvaW50SWQiOiJ4IiwiUmVzb3VyY2VTcGVjaWZpY0lkIjoieSJ9", CallID: "5d169a62-eaa9-4cd1-9397-f77a623bd983", ServerCallID: "c2VydmVyQ2FsbElk",
		Content: Audio, Channels: Unmixed, Format: WAV, State: Announced, StartedBy: "primary", Container: "https://account.blob.core.windows.net/recordings",
		Began: at, Ended: at.Add(time.Minute), EndReason: CallEnded,
		Chunks:       []Chunk{{Began: at, Frames: 3000, Layouts: []Layout{{0, 1}, {50, 2}}, EndReason: SessionEnded, Deleted: true, Converted: true, Pictures: true, Still: true, SHA256: "e3b0c442"}},
		Pauses:       []Pause{{Start: at.Add(time.Second), DurationMs: 2000}},
		Participants: []Participant{{ID: "4:+15551230001", Channel: &second}, {ID: "4:+15551230002"}},
		ConcealedMs:  20,
		Concealed:    []Pause{{Start: at.Add(10 * time.Second), DurationMs: 20}},
		Hold:         true, KeepUntil: at.Add(time.Hour),
	})
}
