package transaction

// begin sets the first state and its times, with the lock held.
func (t *Server) begin() {
	now := t.layer.now()
	if t.invite {
		t.state, t.tryAt = serverProceeding, now+t.layer.cfg.T1*3/10 // 150 ms of the 200 of RFC 3261 §17.2.1
	} else {
		t.state, t.endAt = serverTrying, now+t.layer.longest()
	}
	t.setAlarm(now)
}

// enter takes on a state and sets its times, with the lock held. It returns what is to be
// done without it; nil is nothing. err is why it ends, where it does.
func (t *Server) enter(next serverState, err error) (over func()) {
	if next == t.state && next != serverProceeding {
		return nil
	}
	t.state = next
	if next == serverTerminated {
		return t.finish(err)
	}
	now, cfg := t.layer.now(), &t.layer.cfg
	t.tryAt, t.repeatAt = 0, 0
	if next != serverProceeding {
		t.request = nil
	}
	switch next {
	case serverAccepted: // timer L
		t.endAt = now + t.layer.longest()
	case serverCompleted: // timers G and H, or J
		t.endAt = now + t.layer.longest()
		if t.invite && t.peer.Stream == nil {
			t.interval = cfg.T1
			t.repeatAt = now + t.interval
		}
	case serverConfirmed: // timer I
		t.endAt = now + cfg.T4
	}
	t.setAlarm(now)
	return nil
}

// finish removes the transaction, with the lock held.
func (t *Server) finish(err error) (over func()) {
	l := t.layer
	l.alarms.set(&t.alarm, 0, 0)
	delete(l.servers, t.key)
	if err == nil {
		err = ErrEnded
	}
	t.err = err
	ended, stream := t.ended, t.peer.Stream
	t.request, t.canceled, t.ended, t.kept = nil, nil, nil, nil
	t.take(0)
	if stream != nil {
		l.leave(t.ends, t)
	}
	if ended == nil && stream == nil {
		return nil
	}
	return func() {
		if ended != nil {
			ended(err)
		}
		l.release(stream)
	}
}

// setAlarm sets the alarm to the next of the times, with the lock held.
func (t *Server) setAlarm(now instant) {
	t.layer.alarms.set(&t.alarm, first(first(t.tryAt, t.repeatAt), t.endAt), now)
}

// first is the earlier of two instants, of which either may be never.
func first(a, b instant) instant {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// ring does what is due.
func (t *Server) ring(now instant) func() {
	switch {
	case t.endAt != 0 && now >= t.endAt:
		next, _ := t.state.after(serverExpires, t.invite, t.peer.Stream != nil)
		t.endAt = 0
		return t.enter(next, ErrTimeout)
	case t.tryAt != 0 && now >= t.tryAt:
		t.tryAt = 0
		t.setAlarm(now)
		if t.peer.Stream != nil { // which may take nothing for a while: others have their times as well
			return func() { go t.sendTrying() }
		}
		return t.sendTrying
	case t.repeatAt != 0 && now >= t.repeatAt:
		next, do := t.state.after(serverRepeats, t.invite, t.peer.Stream != nil)
		t.interval = min(2*t.interval, t.layer.cfg.T2)
		t.repeatAt = now + t.interval
		t.setAlarm(now)
		if message := t.kept; do == serverResends && next == t.state {
			return func() { t.send(message) }
		}
	default:
		t.setAlarm(now)
	}
	return nil
}
