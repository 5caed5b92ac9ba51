package call

import "github.com/switchhook/switchhook/internal/audio"

// together is what several endpoints of one participant say, as one voice. It belongs to
// the shard of their mix. What a single one says passes as it is.
type together struct {
	out  audio.Listener
	many int        // endpoints that are heard
	at   audio.Tick // the present tick
	came int        // how many of them were heard at it; less than many where it has passed
	all  audio.Total
}

// oneOfThem is the listener of one of the endpoints.
type oneOfThem struct {
	them *together
	in   bool
}

// HearFrame implements audio.Listener.
func (o *oneOfThem) HearFrame(at audio.Tick, f audio.Frame) {
	if !o.in {
		o.in = true
		o.them.many++
	}
	o.them.hear(at, f)
}

// Close implements io.Closer: the endpoint has left the mix.
func (o *oneOfThem) Close() error {
	if o.in {
		o.in = false
		o.them.many--
	}
	return nil
}

// hear takes a frame of one endpoint, and gives the sum once all are there. Where an
// endpoint comes at a tick that has passed already, it is heard from the next one on.
func (t *together) hear(at audio.Tick, f audio.Frame) {
	if t.many == 1 || at != t.at {
		t.all.Drop() // what came at a tick at which not all of them were there
		t.at, t.came = at, 0
	}
	t.all.Add(f)
	if t.many == 1 {
		t.out.HearFrame(at, t.all.Take())
		return
	}
	if t.came++; t.came == t.many {
		t.out.HearFrame(at, t.all.Take())
	}
}
