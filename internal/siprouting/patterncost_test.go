package siprouting

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/trunk"
)

// TestPatternsOfAPatchAreTriedForASecond, all together: each may be nearly as slow as one may be.
func TestPatternsOfAPatchAreTriedForASecond(t *testing.T) {
	f, slow := inMemory(t), almostTooSlow(t)
	f.patch(t, `{"routes":[`+repeat(maxListed, `{"name":"n%d","numberPattern":"^\\+[1-9][0-9]{3,23}$"}`)+`]}`)
	before := f.send(t, "GET", newest, "", 200)
	began := time.Now()
	answer := f.send(t, "PATCH", newest, `{"routes":[`+repeat(maxListed, `{"name":"n%d","numberPattern":"`+slow+`"}`)+`]}`, 422)
	if took := time.Since(began); !strings.Contains(answer, "InvalidRouteNumberPattern") || took > time.Minute {
		t.Errorf("after %v: %s", took, answer)
	}
	if f.send(t, "GET", newest, "", 200) != before {
		t.Error("a refused patch has changed something")
	}
}

// almostTooSlow is a pattern that takes some milliseconds on this machine, so that 250 of them take
// much longer than a second: a digit more in it takes twice as long.
func almostTooSlow(t *testing.T) (text string) {
	for n := 8; n < 30; n++ {
		next := fmt.Sprintf(`^\\+(1?){%d}1{31}x`, n)
		pattern, err := trunk.NewPattern(strings.ReplaceAll(next, `\\`, `\`))
		if err != nil {
			t.Fatal(err)
		}
		took, ok := leastTime(pattern)
		if !ok {
			break
		}
		if text = next; took > 12*time.Millisecond { // 4 ms for each number
			break
		}
	}
	return text
}

// leastTime is how long a pattern takes when no other work of the machine comes between: the
// shortest of some attempts. It is not ok where each of them took too long.
func leastTime(pattern *trunk.Pattern) (least time.Duration, ok bool) {
	for range 10 {
		began := time.Now()
		if pattern.Try() != nil {
			continue
		}
		if took := time.Since(began); !ok || took < least {
			least, ok = took, true
		}
	}
	return least, ok
}
