package memory

import (
	"runtime"
	"testing"
)

func TestMemoryIsGivenBackWhenNothingGoesOn(t *testing.T) {
	const mb = 1 << 20
	var d policy
	steps := []struct {
		name string
		now  usage
		left uint64 // what a giving back before has left; 0: there was none
		want bool
	}{
		{"first look after a start", usage{allocated: 40 * mb, live: 10 * mb, objects: 12 * mb}, 0, false},
		{"a burst goes on", usage{allocated: 400 * mb, live: 10 * mb, objects: 80 * mb, idle: 20 * mb}, 0, false},
		{"it is over", usage{allocated: 401 * mb, live: 10 * mb, objects: 81 * mb, idle: 20 * mb}, 0, true},
		{"what a collection could not free", usage{allocated: 401 * mb, live: 10 * mb, objects: 10 * mb, idle: 15 * mb}, 15 * mb, false},
		{"a little more", usage{allocated: 403 * mb, live: 10 * mb, objects: 12 * mb, idle: 15 * mb}, 0, false},
		{"that adds up", usage{allocated: 408 * mb, live: 10 * mb, objects: 18 * mb, idle: 15 * mb}, 0, true},
		{"next to nothing goes on", usage{allocated: 408*mb + mb/2, live: 10 * mb, objects: 13 * mb, idle: 15 * mb}, 15 * mb, true},
		{"and little would be had of it", usage{allocated: 409 * mb, live: 10 * mb, objects: 11 * mb, idle: 15 * mb}, 15 * mb, false},
		{"or little beside what lives", usage{allocated: 409*mb + mb/2, live: 100 * mb, objects: 105 * mb, idle: 15 * mb}, 15 * mb, false},
		{"more is in use than the last collection knew", usage{allocated: 409 * mb, live: 20 * mb, objects: 19 * mb, idle: 15 * mb}, 15 * mb, false},
	}
	for _, step := range steps {
		if step.left > 0 {
			d.left = step.left
		}
		if due := d.due(step.now); due != step.want {
			t.Errorf("%s: due is %t", step.name, due)
		}
	}
}

func TestMemoryIsCollectedMoreOftenUnlessInAHurry(t *testing.T) {
	const mb = 1 << 20
	d := policy{garbage: 32 * mb}
	steps := []struct {
		name      string
		allocated uint64 // since the start
		live      uint64
		kept      uint64
		want      int // GOGC
	}{
		{"a start", 30 * mb, 20 * mb, 0, 150},
		{"a call now and then", 33 * mb, 20 * mb, 0, 50},
		{"a hundred calls a second beside many that live", 50 * mb, 128 * mb, 0, 50},
		{"more than three hundred", 400 * mb, 128 * mb, 0, 100},
		{"still", 464 * mb, 32 * mb, 0, 100},
		{"it calms down", 490 * mb, 64 * mb, 0, 50},
		{"a hundred calls a second, and little lives", 512 * mb, 16 * mb, 0, 137},
		{"next to nothing lives", 530 * mb, 2 * mb, 0, 400},
		{"some sixty calls a second", 536 * mb, 8 * mb, 0, 75},
		{"hardly anything goes on", 538 * mb, 12 * mb, 0, 50},
		{"a hundred calls a second hear one long prompt", 568 * mb, 40 * mb, 24 * mb, 74},
		{"more than a thousand, beside many that live", 674 * mb, 80 * mb, 40 * mb, 50},
		{"sound, and nothing else", 675 * mb, 140 * mb, 135 * mb, 10},
		{"more is kept than the last collection knew", 676 * mb, 20 * mb, 29 * mb, 10},
	}
	for _, step := range steps {
		if got := d.percent(usage{allocated: step.allocated, live: step.live}, step.kept); got != step.want {
			t.Errorf("%s: GOGC is %d, want %d", step.name, got, step.want)
		}
	}
}

// A goroutine that once went deep and now waits, as three of each call do, does not
// keep what it needed then.
func TestStacksAreGivenBack(t *testing.T) {
	const goroutines = 1000
	end, deep := make(chan struct{}), make(chan struct{}, goroutines)
	for range goroutines {
		go func() {
			goDeep(100)
			deep <- struct{}{}
			<-end
		}()
	}
	for range goroutines {
		<-deep
	}
	defer close(end)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	new(policy).giveBack()
	runtime.ReadMemStats(&after)
	if after.StackInuse > before.StackInuse/3 {
		t.Errorf("%d goroutines had %d bytes of stack, and have %d", goroutines, before.StackInuse, after.StackInuse)
	}
}

func goDeep(n int) int {
	var room [160]byte // 100 times make more than 16 kB of stack
	if n == 0 {
		return 0
	}
	room[n%160] = byte(n)
	return goDeep(n-1) + int(room[n*7%160])
}

// burst is what TestBurstIsGivenBack leaves behind.
var burst [][]byte

func TestBurstIsGivenBack(t *testing.T) {
	for range 64 {
		burst = append(burst, make([]byte, 1<<20))
	}
	runtime.GC()
	burst = nil
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var d policy
	d.due(readUsage())
	if d.giveBack(); d.due(readUsage()) {
		t.Error("it is due again at once")
	}
	runtime.ReadMemStats(&after)
	if got := int64(after.HeapReleased) - int64(before.HeapReleased); got < 48<<20 {
		t.Errorf("of 64 MB, %d went back to the system", got)
	}
}
