package insight

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"testing"
	"testing/slogtest"
	"time"
)

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// TestHandlerWritesWhatItsNextWouldWrite: attributes that are bound late are the same
// ones, in the same order and the same groups.
func TestHandlerWritesWhatItsNextWouldWrite(t *testing.T) {
	var plain, ours bytes.Buffer
	options := &slog.HandlerOptions{ReplaceAttr: withoutTime}
	for out, handler := range map[*bytes.Buffer]slog.Handler{
		&plain: slog.NewTextHandler(&plain, options),
		&ours:  Handler(slog.NewTextHandler(&ours, options), func() *Hub { return nil }),
	} {
		log := slog.New(handler)
		one := log.With("part", "sip", "call", aCall)
		two := one.With("leg", 1)
		one.Info("one", "n", 1)
		two.Info("two")
		two.WithGroup("group").With("inner", 1).Info("three", "n", 3)
		two.With("late", true).Debug("not written")
		two.Warn("again")
		one.With("other", 2).Warn("other")
		if out.Len() == 0 {
			t.Fatal("nothing was written")
		}
	}
	if plain.String() != ours.String() {
		t.Errorf("ours:\n%s\nplain:\n%s", &ours, &plain)
	}
}

func TestHandlerObeysTheRulesOfHandlers(t *testing.T) {
	var out bytes.Buffer
	slogtest.Run(t, func(*testing.T) slog.Handler {
		out.Reset()
		return Handler(slog.NewJSONHandler(&out, nil), func() *Hub { return nil })
	}, func(t *testing.T) map[string]any { return decoded(t, out.Bytes()) })
}

func decoded(t *testing.T, line []byte) (values map[string]any) {
	if err := json.Unmarshal(line, &values); err != nil {
		t.Fatal(err)
	}
	return values
}

// TestLineOfACallHasWhatTheLogHas: an attribute that is empty is left out, as handlers do.
func TestLineOfACallHasWhatTheLogHas(t *testing.T) {
	line := slog.NewRecord(time.Now(), slog.LevelInfo, "leg ended", 0)
	line.AddAttrs(slog.String("why", "the phone hung up"), slog.Attr{})
	if text := textOf([]slog.Attr{slog.String("part", "call")}, line); text != "leg ended part=call why=the phone hung up" {
		t.Errorf("the timeline has %q", text)
	}
}
