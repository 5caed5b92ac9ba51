package webrtctest

import "testing"

// TestGapsAreNumbersThatNeverCame, however late the others are and however many there were.
func TestGapsAreNumbersThatNeverCame(t *testing.T) {
	const first = 65_000
	s := newLine(first)
	want := func(gaps int) {
		t.Helper()
		if s.Seen != (Seen{Gaps: gaps}) {
			t.Fatalf("%+v, want %d gaps", s.Seen, gaps)
		}
	}
	for n := range 100 {
		if n != 10 && n != 20 {
			s.number(uint16(first + n))
		}
	}
	want(2)
	s.number(first + 10)
	want(1)
	s.number(first - 1) // from before the first one
	want(1)
	for n := 100; n < 70_000; n++ {
		s.number(uint16(first + n))
	}
	want(1)
}
