// Package panics tells of panics that were recovered: where the work of one call, one prompt or one
// delivery panics, that work fails and all others go on. Each is logged with its stack, and counted.
//
// Work that belongs to all, such as the writer of the journal, recovers none: its end is the end of the
// process, which begins again from what is on disk.
package panics

import (
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
)

// Part is what kind of work panicked.
type Part uint8

// The parts.
const (
	Request   Part = iota // of an API
	Call                  // what is done in a turn of a call
	Operation             // what a call has going on beside its turn
	Leg                   // of SIP
	Message               // of SIP, of no call
	Prompt                // its download, its decoder
	Stream                // media streaming and transcription
	Speech                // what a provider of it understands
	Recording
	Delivery // one attempt of it
	parts
)

var names = [parts]string{
	Request: "request", Call: "call", Operation: "operation", Leg: "leg", Message: "message",
	Prompt: "prompt", Stream: "stream", Speech: "speech", Recording: "recording", Delivery: "delivery",
}

// String names the part, for the log and the metric.
func (p Part) String() string { return names[p] }

var counts [parts]atomic.Uint64

// Counts calls tell with how many panics of each part were recovered.
func Counts(tell func(part string, n uint64)) {
	for p := range parts {
		tell(p.String(), counts[p].Load())
	}
}

// Error is what somebody gets in place of what a piece of work would have given, had it not panicked.
type Error struct{ Cause any }

// Error names the cause.
func (e *Error) Error() string { return fmt.Sprintf("the server made an error: %v", e.Cause) }

// Note counts and logs a panic, and returns it as an error. The deferred function that has recovered it
// calls Note, so that the stack is still that of the panic.
func Note(log *slog.Logger, part Part, cause any, attributes ...any) error {
	counts[part].Add(1)
	log.With(attributes...).Error("panic recovered", "part", part.String(), "in", origin(), "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
	return &Error{cause}
}

// Contain does something, and returns an error where that panics.
func Contain(log *slog.Logger, part Part, do func(), attributes ...any) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = Note(log, part, cause, attributes...)
		}
	}()
	do()
	return nil
}

// Try is Contain for what may fail without a panic as well.
func Try(log *slog.Logger, part Part, do func() error, attributes ...any) (err error) {
	if panicked := Contain(log, part, func() { err = do() }, attributes...); panicked != nil {
		return panicked
	}
	return err
}

// origin names the function that panicked; "" where that is not to be seen.
func origin() string {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers[:])])
	for panicked := false; ; {
		frame, more := frames.Next()
		inRuntime := strings.HasPrefix(frame.Function, "runtime.")
		if panicked && !inRuntime {
			return frame.Function
		}
		panicked = panicked || frame.Function == "runtime.gopanic"
		if !more {
			return ""
		}
	}
}
