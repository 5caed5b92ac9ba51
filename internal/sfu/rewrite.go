package sfu

// numbers are those of a packet that a receiver's decoder counts on.
type numbers struct {
	seq       int64 // RTP's sequence number, without wrap-around
	timestamp uint32
	id        uint16 // VP8's picture id, 15 bits
	tl        uint8  // VP8's TL0PICIDX
}

// plus moves numbers.
func (n numbers) plus(by numbers) numbers {
	return numbers{n.seq + by.seq, n.timestamp + by.timestamp, (n.id + by.id) & 0x7fff, n.tl + by.tl}
}

// minus is how far apart numbers are.
func (n numbers) minus(from numbers) numbers {
	return numbers{n.seq - from.seq, n.timestamp - from.timestamp, (n.id - from.id) & 0x7fff, n.tl - from.tl}
}

// rewriter gives the packets of changing layers numbers that go on, so that the decoder
// of a receiver notices no change. It keeps offsets, not counters: packets that come late
// or in another order, and repetitions, get the numbers that they would have had.
type rewriter struct {
	runs []run   // mostRuns; the last one is in use, older ones are for repetitions
	last numbers // the highest that were sent
	any  bool    // something was sent
}

// mostRuns is how many are kept: pictures that are left out begin several a second.
const mostRuns = 64

// run is what is sent from one layer, from a key frame or a picture that was left out on.
type run struct {
	layer   *Layer
	from    int64 // first sequence number of the layer
	first   int64 // the number that it got
	offset  numbers
	resumed bool   // it follows a gap: what is older is not repeated
	thinned bool   // it follows a picture of the same layer that was left out
	cut     int64  // first sequence number of that picture
	gone    uint16 // its picture id
}

// leftOut reports whether a packet is of the picture that was left out before the run.
// Picture ids come again after 32,768 pictures.
func (r *run) leftOut(n numbers) bool {
	return r.thinned && n.id == r.gone && n.seq >= r.cut && n.seq < r.cut+ringPackets
}

// begin starts a run of a layer at a key frame that has some numbers. passed is how much
// time has passed since the last packet, in ticks of the media's clock.
func (r *rewriter) begin(layer *Layer, at numbers, passed uint32, resumed bool) {
	next := at
	if r.any {
		next = numbers{r.last.seq + 1, r.last.timestamp + max(passed, 1), (r.last.id + 1) & 0x7fff, r.last.tl + 1}
	}
	r.add(run{layer: layer, from: at.seq, first: next.seq, offset: next.minus(at), resumed: resumed || !r.any})
}

func (r *rewriter) add(one run) {
	if len(r.runs) == mostRuns {
		r.runs = append(r.runs[:0], r.runs[1:]...)
	}
	r.runs = append(r.runs, one)
}

// now is the run in use.
func (r *rewriter) now() *run { return &r.runs[len(r.runs)-1] }

// current is the layer that is sent; nil before the first.
func (r *rewriter) current() *Layer {
	if len(r.runs) == 0 {
		return nil
	}
	return r.now().layer
}

// skip leaves out a packet of a picture that is not sent; what follows closes the gap.
func (r *rewriter) skip(n numbers) {
	now := r.now()
	if n.seq+now.offset.seq <= r.last.seq {
		return // a late piece: its number stays free
	}
	if now.leftOut(n) {
		now.from, now.offset.seq = n.seq+1, now.first-n.seq-1
		return
	}
	next := run{layer: now.layer, from: n.seq + 1, first: r.last.seq + 1, offset: now.offset, thinned: true, cut: n.seq, gone: n.id}
	next.offset.seq, next.offset.id = next.first-next.from, (now.offset.id-1)&0x7fff
	r.add(next)
}

// rewrite gives a packet of the current layer its numbers. It returns false for what is
// from before its key frame, or was left out.
func (r *rewriter) rewrite(n numbers) (numbers, bool) {
	at := len(r.runs) - 1
	for n.seq < r.runs[at].from {
		if run := &r.runs[at]; !run.thinned || at == 0 || n.seq >= run.cut {
			return n, false
		}
		at--
	}
	if r.runs[at].leftOut(n) {
		return n, false
	}
	n = n.plus(r.runs[at].offset)
	if !r.any || n.seq > r.last.seq {
		r.last, r.any = n, true
	}
	return n, true
}

// find says which run's a number is, and which packet of its layer got it. It returns
// false for what was never sent, or is from before the last gap: answering requests for
// what an outage has swallowed would keep the receiver waiting for it (livekit #440).
func (r *rewriter) find(seq int64) (of run, source int64, ok bool) {
	if !r.any || seq > r.last.seq {
		return of, 0, false
	}
	for i := len(r.runs) - 1; i >= 0; i-- {
		if run := &r.runs[i]; seq >= run.first {
			return *run, seq - run.offset.seq, true
		} else if run.resumed {
			break
		}
	}
	return of, 0, false
}

// resumed is the first number after the last gap.
func (r *rewriter) resumed() int64 {
	at := len(r.runs) - 1
	for at > 0 && !r.runs[at].resumed {
		at--
	}
	return r.runs[at].first
}

// extend makes a number without wrap-around of one that has 16 bits, near another.
func extend(seq uint16, near int64) int64 {
	return near + int64(int16(seq-uint16(near)))
}
