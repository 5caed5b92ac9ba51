package panics

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestPanicBecomesAnErrorAndIsCounted(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	before := counted("prompt")
	err := Contain(log, Prompt, func() { breaks() }, "call", "a1")
	var panicked *Error
	if !errors.As(err, &panicked) || panicked.Cause != "no such frame" {
		t.Errorf("the error is %v", err)
	}
	for _, want := range []string{"level=ERROR", "part=prompt", "call=a1", " in=github.com/switchhook/switchhook/internal/panics.breaks ", `panic="no such frame"`, "stack="} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log lacks %s: %s", want, out.String())
		}
	}
	if now := counted("prompt"); now != before+1 {
		t.Errorf("%d panics are counted, want one more than %d", now, before)
	}
}

func TestFaultOfTheRuntimeNamesTheFunction(t *testing.T) {
	var out bytes.Buffer
	Contain(slog.New(slog.NewTextHandler(&out, nil)), Call, func() { reads(nil) })
	if !strings.Contains(out.String(), " in=github.com/switchhook/switchhook/internal/panics.reads ") {
		t.Errorf("the log does not name the function: %s", out.String())
	}
}

func TestWorkWithoutPanicIsNoError(t *testing.T) {
	before := counted("leg")
	if err := Contain(slog.New(slog.DiscardHandler), Leg, func() {}); err != nil || counted("leg") != before {
		t.Errorf("%v, %d panics more", err, counted("leg")-before)
	}
}

//go:noinline
func breaks() { panic("no such frame") }

//go:noinline
func reads(at *int) int { return *at }

func counted(part string) (count uint64) {
	Counts(func(name string, n uint64) {
		if name == part {
			count = n
		}
	})
	return count
}
