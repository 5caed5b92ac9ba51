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
	runs  [8]run // the last one is in use; older ones for repetitions
	count int
	last  numbers // the highest that were sent
	any   bool    // something was sent
}

// run is what is sent from one layer, from a key frame on.
type run struct {
	layer   *Layer
	from    int64 // first sequence number of the layer
	first   int64 // the number that it got
	offset  numbers
	resumed bool // it follows a gap: what is older is not repeated
}

// begin starts a run of a layer at a key frame that has some numbers. passed is how much
// time has passed since the last packet, in ticks of the media's clock.
func (r *rewriter) begin(layer *Layer, at numbers, passed uint32, resumed bool) {
	next := at
	if r.any {
		next = numbers{r.last.seq + 1, r.last.timestamp + max(passed, 1), (r.last.id + 1) & 0x7fff, r.last.tl + 1}
	}
	if r.count == len(r.runs) {
		copy(r.runs[:], r.runs[1:])
		r.count--
	}
	r.runs[r.count] = run{layer: layer, from: at.seq, first: next.seq, offset: next.minus(at), resumed: resumed || !r.any}
	r.count++
}

// current is the layer that is sent; nil before the first.
func (r *rewriter) current() *Layer {
	if r.count == 0 {
		return nil
	}
	return r.runs[r.count-1].layer
}

// rewrite gives a packet of the current layer its numbers. It returns false for what is
// from before the run.
func (r *rewriter) rewrite(n numbers) (numbers, bool) {
	run := &r.runs[r.count-1]
	if n.seq < run.from {
		return n, false
	}
	n = n.plus(run.offset)
	if !r.any || n.seq > r.last.seq {
		r.last, r.any = n, true
	}
	return n, true
}

// find says which packet of which layer got a number, and how it was moved. It returns
// false for what was never sent, or is from before the last gap: answering requests for
// what an outage has swallowed would keep the receiver waiting for it (livekit #440).
func (r *rewriter) find(seq int64) (layer *Layer, source int64, by numbers, ok bool) {
	if !r.any || seq > r.last.seq {
		return nil, 0, by, false
	}
	for i := r.count - 1; i >= 0; i-- {
		if run := &r.runs[i]; seq >= run.first {
			return run.layer, seq - run.offset.seq, run.offset, true
		} else if run.resumed {
			break
		}
	}
	return nil, 0, by, false
}

// extend makes a number without wrap-around of one that has 16 bits, near another.
func extend(seq uint16, near int64) int64 {
	return near + int64(int16(seq-uint16(near)))
}
