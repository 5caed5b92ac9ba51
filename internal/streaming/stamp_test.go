package streaming

import (
	"testing"
	"time"
)

// TestStampsNeverGoBack: the first column is what the clock of the machine says, the second
// how much time has passed, in ms.
func TestStampsNeverGoBack(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name string
		read [][2]int
		want []int // ms
	}{
		{"as time passes", [][2]int{{0, 0}, {20, 20}, {40, 40}}, []int{0, 20, 40}},
		{"the clock is set back", [][2]int{{0, 0}, {20, 20}, {-3600000, 40}, {-3599980, 60}}, []int{0, 20, 40, 60}},
		{"and forward again", [][2]int{{0, 0}, {-1000, 20}, {40, 40}, {60, 60}}, []int{0, 20, 40, 60}},
		{"the clock is set forward", [][2]int{{0, 0}, {3600020, 20}, {3600040, 40}}, []int{0, 3600020, 3600040}},
		{"frames that waited come at once", [][2]int{{0, 0}, {60, 60}, {60, 60}, {60, 60}, {80, 80}}, []int{0, 60, 61, 62, 80}},
	} {
		var s stamps
		for i, r := range test.read {
			clock := noon.Add(time.Duration(r[0]) * time.Millisecond)
			got := s.after(s.follow(clock, time.Duration(r[1])*time.Millisecond))
			if ms := int(got.Sub(noon).Milliseconds()); ms != test.want[i] {
				t.Errorf("%s: reading %d is %d ms, want %d", test.name, i, ms, test.want[i])
			}
		}
	}
}
