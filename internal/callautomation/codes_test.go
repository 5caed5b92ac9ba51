package callautomation

import (
	"errors"
	"fmt"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
)

// TestEveryRefusalHasACode walks package call's list.
func TestEveryRefusalHasACode(t *testing.T) {
	for _, refusal := range call.Refusals() {
		row, ok := codes[refusal]
		if !ok || row.code == "" || row.source == "" {
			t.Errorf("%v has no row with a code and its source", refusal)
		}
	}
	if len(codes) != len(call.Refusals()) {
		t.Errorf("%d rows for %d refusals", len(codes), len(call.Refusals()))
	}
}

func TestErrorsGetTheirCodes(t *testing.T) {
	other := fault.Busy(0, "busy")
	registry := call.NewRegistry(call.Config{Resource: testResource}, nil)
	_, over := registry.Connection("x")
	_, targets := registry.Create(t.Context(), call.Create{})
	for _, test := range []struct {
		name          string
		err           error
		code, message string
	}{
		{"a refusal", over, "8522", "Call not found."},
		{"a refusal about a member of the request", targets, "8523", "targets: Between 1 and 100 targets are required."},
		{"a refusal that was wrapped", fmt.Errorf("answer: %w", over), "8522", "Call not found."},
		{"another fault", other, "", "busy"},
		{"no fault at all", errors.New("x"), "", "internal error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := fault.Of(withCode(test.err))
			if got.Code != test.code || got.Message != test.message {
				t.Errorf("got %q with the code %q", got.Message, got.Code)
			}
		})
	}
	if withCode(nil) != nil {
		t.Error("no error has become one")
	}
}
