package delivery

import "testing"

// TestAttemptIsToldWithMessagesThatNobodyWrites: while an attempt reads its bodies from the
// journal, the scheduler has copies of what its jobs know, which do not change with them.
func TestAttemptIsToldWithMessagesThatNobodyWrites(t *testing.T) {
	j := &job{msg: Message{ID: "of the job"}}
	a := &attempt{msgs: []Message{{ID: "half read"}}, parts: []part{{job: j}}}
	a.settle()
	if got := a.parts[0].msg; got == &j.msg || got == &a.msgs[0] || got.ID != "of the job" {
		t.Errorf("while it loads it is told with %q", got.ID)
	}
	a.msgs[0].ID = "read"
	a.loaded.Store(true)
	a.settle()
	if got := a.parts[0].msg; got != &a.msgs[0] {
		t.Errorf("once it has loaded it is told with %q", got.ID)
	}
}
