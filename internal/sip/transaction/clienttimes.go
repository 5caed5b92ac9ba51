package transaction

// enter takes on a state and sets its times, with the lock held. It returns what is to be
// done without it; nil is nothing.
func (t *Client) enter(next clientState) (over func()) {
	if next == t.state && next != clientProceeding {
		return nil
	}
	t.state = next
	now, cfg := t.layer.now(), &t.layer.cfg
	switch next {
	case clientProceeding:
		if t.invite {
			t.repeatAt, t.endAt = 0, t.waitsUntil(now)
		} else if t.interval != 0 {
			t.interval = cfg.T2 // from the next repetition on: RFC 3261 §17.1.2.2
		}
	case clientAccepted: // timer M
		t.repeatAt, t.endAt = 0, now+t.layer.longest()
		t.request, t.message, t.user.Answered = nil, nil, nil
		t.take(placesOf(nil))
	case clientCompleted: // timer D or K
		t.repeatAt, t.endAt = 0, now+cfg.T4
		if t.invite {
			t.endAt = now + t.layer.longest()
		}
		t.request, t.message, t.user = nil, nil, User{}
		t.take(placesOf(nil))
	case clientTerminated:
		return t.finish()
	}
	t.setAlarm(now)
	return nil
}

// timerC is for how many 64*T1 an INVITE inside a dialog waits after its last 1xx: at least
// the 3 minutes of RFC 3261 §16.6.
const timerC = 6

// waitsUntil is until when an INVITE that has a 1xx waits for its final response, with the
// lock held; 0 is for as long as its user lets a phone ring.
func (t *Client) waitsUntil(now instant) instant {
	switch {
	case t.canceled:
		return t.endAt
	case t.inside: // nobody is asked there whether to take a call
		return now + timerC*t.layer.longest()
	}
	return 0
}

// cancel gives an INVITE that is canceled 64*T1 for its final response (RFC 3261 §9.1),
// with the lock held: a phone that rang and is gone will never send one. nil is none.
func (t *Client) cancel(now instant) {
	if t == nil || t.canceled || t.state != clientCalling && t.state != clientProceeding {
		return
	}
	t.canceled, t.endAt = true, now+t.layer.longest()
	t.setAlarm(now)
}

// finish removes the transaction, with the lock held.
func (t *Client) finish() (over func()) {
	l := t.layer
	l.alarms.set(&t.alarm, 0, 0)
	delete(l.clients, t.key)
	stream := t.peer.Stream
	t.request, t.message, t.user = nil, nil, User{}
	t.take(0)
	if stream == nil {
		return nil
	}
	l.leave(t.ends, t)
	return func() { l.release(stream) }
}

// setAlarm sets the alarm to the next of the times, with the lock held.
func (t *Client) setAlarm(now instant) {
	t.layer.alarms.set(&t.alarm, first(t.repeatAt, t.endAt), now)
}

// fail takes an event after which no response will come, with the lock held. It returns
// what is to be done without.
func (t *Client) fail(event clientEvent, err error) func() {
	next, do := t.state.after(event, t.invite, t.peer.Stream != nil)
	answered := t.user.Answered
	over := t.enter(next)
	if do&clientFails == 0 {
		return over
	}
	return func() {
		answered(nil, err)
		if over != nil {
			over()
		}
	}
}

// ring does what is due.
func (t *Client) ring(now instant) func() {
	switch {
	case t.endAt != 0 && now >= t.endAt:
		t.endAt = 0
		return t.fail(clientExpires, ErrTimeout)
	case t.repeatAt != 0 && now >= t.repeatAt:
		_, do := t.state.after(clientRepeats, t.invite, t.peer.Stream != nil)
		t.repeatAt = now + t.nextInterval()
		t.setAlarm(now)
		if message := t.message; do&clientResends != 0 {
			return func() {
				if err := t.layer.send(t.peer, message); err != nil {
					t.broken(err)
				}
			}
		}
	default:
		t.setAlarm(now)
	}
	return nil
}

// nextInterval doubles the time to the next repetition: without a bound for an INVITE
// (timer A), to T2 for others (timer E).
func (t *Client) nextInterval() instant {
	t.interval *= 2
	if !t.invite {
		t.interval = min(t.interval, t.layer.cfg.T2)
	}
	return t.interval
}
