package testline

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

const resource = "11111111-2222-4333-8444-555555555555"

func TestLineEndsByItselfAndByHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, ann, ben := New(), identifier.User(resource, "ann"), identifier.User(resource, "ben")
		l.Put("+15557770002", ann)
		l.Put("+15557770001", ann)
		time.Sleep(life / 2)
		l.Put("+15557770001", ben) // in place of ann
		if got := l.List(); len(got) != 2 || got[0].User != ben || got[1].Number != "+15557770002" {
			t.Errorf("the lines are %v", got)
		}
		time.Sleep(life / 2)
		if _, ok := l.User("+15557770002"); ok {
			t.Error("a line outlives its time")
		}
		if user, ok := l.User("+15557770001"); !ok || user != ben {
			t.Errorf("the line that was put again is %v, %t", user, ok)
		}
		if !l.Remove("+15557770001") || l.Remove("+15557770001") || len(l.List()) != 0 {
			t.Error("a line that was removed is still there")
		}
	})
}

func TestLinesAreBounded(t *testing.T) {
	l := New()
	for i := range 3 * maxLines {
		l.Put(fmt.Sprintf("+1555777%04d", i), identifier.User(resource, "ann"))
	}
	if n := len(l.List()); n != maxLines || len(l.numbers) > maxLines+1 {
		t.Errorf("%d lines are kept, of %d numbers", n, len(l.numbers))
	}
}
