package history

import (
	"encoding/json"
	"testing"
	"time"
)

func FuzzAttemptIsThatOfTheStandardLibrary(f *testing.F) {
	f.Add("", int64(0), int64(0))
	f.Add("a <text>\n", int64(1_790_000_000_000_000_001), int64(503))
	f.Fuzz(func(t *testing.T, text string, nanos, n int64) {
		at := time.Unix(0, nanos).UTC()
		for _, a := range []storedAttempt{
			{Time: at, Result: Result(text)},
			{at, text, text, text, text, text, int(n), int(n), time.Duration(n), text, text, Result(text), text, at},
		} {
			want, err := json.Marshal(&a)
			if got, refused := a.appendJSON([]byte("before ")); (refused == nil) != (err == nil) || err == nil && string(got) != "before "+string(want) {
				t.Errorf("%s, want %s, %v", got, want, err)
			}
		}
	})
}
