package call

import (
	"fmt"
	"slices"
	"testing"

	"github.com/switchhook/switchhook/internal/identifier"
)

func attending(ids ...string) (list []Attendance) {
	for _, id := range ids {
		list = append(list, Attendance{Participant: Participant{ID: identifier.User("resource", id)}, Endpoints: []string{id}})
	}
	return list
}

// TestRosterTellsWhatHasChanged asks for the changes since the roster before, since an older
// one, and since none, with several phones of one number.
func TestRosterTellsWhatHasChanged(t *testing.T) {
	first := newRoster(attending("1", "2", "2"), nil)
	second := newRoster(attending("1", "2"), first)
	muted := attending("1", "3")
	muted[0].Muted = true
	third := newRoster(muted, second)
	for name, c := range map[string]struct {
		of      *Roster
		earlier *Roster
		want    []string // last figure, entries before, entries now
	}{
		"none":               {first, nil, []string{"1 0 1", "2 0 2"}},
		"one phone of two":   {second, first, []string{"2 2 1"}},
		"the one before":     {third, second, []string{"1 1 1", "2 1 0", "3 0 1"}},
		"an older one":       {third, first, []string{"1 1 1", "2 2 0", "3 0 1"}},
		"the same":           {third, third, nil},
		"one of another":     {newRoster(muted, nil), third, nil},
		"of another, before": {newRoster(muted, nil), first, []string{"1 1 1", "2 2 0", "3 0 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, change := range c.of.Since(c.earlier) {
				id := slices.Concat(change.Before, change.Now)[0].ID.Raw()
				got = append(got, id[len(id)-1:]+" "+string(rune('0'+len(change.Before)))+" "+string(rune('0'+len(change.Now))))
			}
			if slices.Sort(got); !slices.Equal(got, c.want) {
				t.Errorf("changes %q, want %q", got, c.want)
			}
		})
	}
}

// BenchmarkRosterOfARoom is what a join costs those who follow the roster: comparing it once,
// of 350 people, and what each of them looks at.
func BenchmarkRosterOfARoom(b *testing.B) {
	var list []Attendance
	for i := range MaxParticipants {
		list = append(list, Attendance{Participant: Participant{ID: identifier.User("resource", fmt.Sprint(i))}, Endpoints: []string{"one"}})
	}
	before := newRoster(list[1:], nil)
	b.ReportAllocs()
	for b.Loop() {
		r := newRoster(list, before)
		for range list {
			if len(r.Since(before)) != 1 {
				b.Fatal("not one change")
			}
		}
	}
}
