package convert

import (
	"fmt"
	"testing"
)

// TestEncodersGoLast in priority, and first where memory is lacking; their memory is bounded. The encoder waits
// until the server has set all that, for 20 s at most.
func TestEncodersGoLast(t *testing.T) {
	p := New(Config{Program: script(t, `cat >/dev/null
tries=0
while read -r badness </proc/self/oom_score_adj && [ "$badness" != `+killedFirst+` ] && [ $tries -lt 200 ]; do
	tries=$((tries+1))
	sleep 0.1
done
nice; ulimit -v; echo $badness
`)}, quiet)
	var out output
	if err := p.Convert(t.Context(), jobOf(MP3, nil, &out)); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("19\n%d\n%s\n", maxMemory>>10, killedFirst); out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
