package delivery

import "time"

// inTurn changes what the scheduler knows: everything that the engine decides happens in
// turns, one at a time, in the goroutine that asks. Until Start has read the journal it
// waits; once the engine has stopped, it does nothing and returns false. A turn works on
// memory only and asks for no other turn.
func (e *Engine) inTurn(do func()) bool {
	e.turn.Lock()
	defer e.turn.Unlock()
	return e.takeTurn(do)
}

// takeTurn is inTurn for who has the lock.
func (e *Engine) takeTurn(do func()) bool {
	if e.over {
		return false
	}
	do()
	if e.over {
		return true
	}
	e.sendBatches()
	now := time.Now()
	e.startDue(now)
	e.checkStop()
	e.setAlarm(now)
	return true
}

// startDue does what is due by now.
func (e *Engine) startDue(now time.Time) {
	e.timers.run(now)
	e.endSlowAttempts(now)
	if !e.isStopped() {
		e.startRetries(now)
	}
	e.sendBatches()
}

// setAlarm has a turn taken when the next thing is due. An alarm that comes too early,
// because what it was set for is no more, only sets the next one.
func (e *Engine) setAlarm(now time.Time) {
	wait := e.sleep(now)
	at := now.Add(wait)
	if !e.alarmAt.IsZero() && !at.Before(e.alarmAt) {
		return
	}
	e.alarmAt = at
	if e.alarm == nil {
		e.alarm = time.AfterFunc(wait, e.wake)
		return
	}
	e.alarm.Reset(wait)
}

func (e *Engine) wake() { e.inTurn(func() { e.alarmAt = time.Time{} }) }

// sleep returns how long nothing is due.
func (e *Engine) sleep(now time.Time) time.Duration {
	wait := time.Hour
	if at, ok := e.timers.next(); ok {
		wait = min(wait, at.Sub(now))
	}
	if at, ok := e.nextDeadline(); ok {
		wait = min(wait, at.Sub(now))
	}
	if at, ok := e.retries.next(); ok && !e.isStopped() {
		wait = min(wait, at.Sub(now))
	}
	return max(wait, 0)
}

// endTurns ends the last turn.
func (e *Engine) endTurns() {
	e.inTurn(func() {
		e.over = true
		if e.alarm != nil {
			e.alarm.Stop()
		}
	})
}
