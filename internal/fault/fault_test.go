package fault

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
)

func TestKindIsFoundThroughWrapping(t *testing.T) {
	cause := errors.New("disk full")
	err := fmt.Errorf("save: %w", NotFound("call %s", "x").WithCode("8522").WithCause(cause))
	if !Is(err, KindNotFound) || Is(err, KindInvalid) || Is(nil, KindInternal) {
		t.Error("the kind is not found in the chain")
	}
	if of := Of(err); of.Code != "8522" || of.Message != "call x" {
		t.Errorf("got %+v", of)
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost")
	}
}

// TestFullDiskIsNoFaultOfTheServer: who asks may try again.
func TestFullDiskIsNoFaultOfTheServer(t *testing.T) {
	_, err := os.Open("/nowhere/at/all")
	if Is(err, KindBusy) {
		t.Error("every error of files is one of a full disk")
	}
	err = fmt.Errorf("write keys: %w", &os.PathError{Op: "write", Path: "keys", Err: syscall.ENOSPC})
	if of := Of(err); of.Kind != KindBusy || of.RetryAfter <= 0 || !errors.Is(of, syscall.ENOSPC) {
		t.Errorf("got %+v", of)
	}
}

func TestUnknownErrorsAreInternalAndKeepTheirTextFromCallers(t *testing.T) {
	secret := errors.New("secret detail")
	of := Of(secret)
	if of.Kind != KindInternal || of.Message != "internal error" || !errors.Is(of, secret) {
		t.Errorf("got %+v", of)
	}
}
