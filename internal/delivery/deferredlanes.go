package delivery

// deferredLanes puts off the advancing of lanes while a batch is concluded, so
// that its messages count together.
type deferredLanes struct {
	deferring bool
	lanes     []*lane
}

func (d *deferredLanes) begin() { d.deferring = true }

// put reports whether a lane's advancing is put off.
func (d *deferredLanes) put(l *lane) bool {
	if !d.deferring {
		return false
	}
	if !l.deferred {
		l.deferred = true
		d.lanes = append(d.lanes, l)
	}
	return true
}

// end advances what was put off.
func (d *deferredLanes) end(e *Engine) {
	d.deferring = false
	lanes := d.lanes
	d.lanes = nil
	for i, l := range lanes {
		lanes[i] = nil
		l.deferred = false
		e.advance(l)
	}
	d.lanes = lanes[:0] // nothing was put off meanwhile
}
