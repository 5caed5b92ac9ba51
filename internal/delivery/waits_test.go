package delivery

import (
	"testing"
	"time"
)

func TestWaitsAreBoundedAndAskedOnce(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	e := &Engine{}
	if got := e.Waits(); got != 0 {
		t.Errorf("without messages %v", got)
	}
	e.waits.note(&job{}, now) // went at once
	e.waits.note(&job{queuedAt: now.Add(-200 * time.Millisecond)}, now)
	e.waits.note(&job{queuedAt: now.Add(-time.Hour)}, now)
	if got := e.Waits(); got != 400*time.Millisecond {
		t.Errorf("the mean of 0, 200 ms and an hour that counts 1 s is %v", got)
	}
	for range 3 {
		e.waits.note(&job{msg: Message{Policy: "quick"}}, now)
	}
	e.waits.note(&job{msg: Message{Policy: "slow"}, queuedAt: now.Add(-200 * time.Millisecond)}, now)
	if got := e.Waits(); got != 200*time.Millisecond {
		t.Errorf("of a policy whose messages wait 200 ms, and one whose do not, %v", got)
	}
	if got := e.Waits(); got != 0 {
		t.Errorf("asked again %v", got)
	}
}
