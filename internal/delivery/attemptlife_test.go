package delivery

import (
	"context"
	"errors"
	"testing"
)

// TestLifeOfAnAttemptIsAContext, also to those that are made of it.
func TestLifeOfAnAttemptIsAContext(t *testing.T) {
	why := errors.New("its subscription was deleted")
	l := &attemptLife{Context: context.Background()}
	child, cancel := context.WithCancel(l)
	defer cancel()
	if l.Err() != nil || l.why() != nil || child.Err() != nil {
		t.Error("it has ended at its beginning")
	}
	l.end(why)
	l.end(nil)
	<-l.Done()
	<-child.Done()
	if !errors.Is(l.Err(), context.Canceled) || l.why() != why || !errors.Is(child.Err(), context.Canceled) {
		t.Errorf("%v, %v, %v", l.Err(), l.why(), child.Err())
	}
	late := &attemptLife{Context: context.Background()}
	late.end(nil)
	<-late.Done()
	if !errors.Is(late.why(), context.Canceled) {
		t.Error(late.why())
	}
}

// TestWatcherOfAnAttemptIsToldOnce, unless it has left in time.
func TestWatcherOfAnAttemptIsToldOnce(t *testing.T) {
	told := 0
	l := &attemptLife{Context: context.Background()}
	l.Watch(func() { t.Error("who has left is told") })
	if !l.Unwatch() {
		t.Error("it left too late")
	}
	l.Watch(func() { told++ })
	l.end(nil)
	l.end(nil)
	if told != 1 || l.Unwatch() {
		t.Errorf("told %d times", told)
	}
	l.Watch(func() { told++ })
	if told != 2 {
		t.Error("who comes after the end is not told")
	}
}
