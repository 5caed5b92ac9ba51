package signalling

import "github.com/switchhook/switchhook/internal/webrtc/protocol"

// replay is the events that a client has not acknowledged, bounded: the oldest go
// first, and a client that comes back without having seen them gets a snapshot.
type replay struct {
	last  uint64 // the number of the last event
	kept  []event
	bytes int
}

type event struct {
	seq   uint64
	frame []byte
}

// add numbers an event and keeps it, among so many bytes.
func (r *replay) add(m protocol.Message, most int) (frame []byte, err error) {
	if frame, err = protocol.Encode(protocol.Head{Seq: r.last + 1}, m); err != nil {
		return nil, err
	}
	r.last++
	r.kept = append(r.kept, event{r.last, frame})
	r.bytes += len(frame)
	for len(r.kept) > maxKept || r.bytes > most {
		r.drop(1)
	}
	return frame, nil
}

// acknowledge forgets what the client has seen.
func (r *replay) acknowledge(seq uint64) {
	n := 0
	for n < len(r.kept) && r.kept[n].seq <= seq {
		n++
	}
	r.drop(n)
}

func (r *replay) drop(n int) {
	for i := range n {
		r.bytes -= len(r.kept[i].frame)
		r.kept[i] = event{}
	}
	if r.kept = r.kept[n:]; len(r.kept) == 0 {
		r.kept = nil
	}
}

// reaches reports whether all that followed an event is there. A number that was never
// given away is not.
func (r *replay) reaches(seq uint64) bool {
	return seq == r.last || seq < r.last && len(r.kept) > 0 && r.kept[0].seq <= seq+1
}
