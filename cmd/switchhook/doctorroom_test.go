package main

import (
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/doctor"
)

// TestDoctorSaysWhatADiskHasRoomFor: on a full disk an empty file can still be made.
func TestDoctorSaysWhatADiskHasRoomFor(t *testing.T) {
	for _, test := range []struct {
		free, forRecordings uint64
		state, says         string
	}{
		{0, 512 << 20, doctor.Fail, "make room"},
		{datadir.LeastFree - 1, 0, doctor.Fail, "make room"},
		{datadir.LeastFree, 0, doctor.OK, ""},
		{511 << 20, 512 << 20, doctor.Note, "no recording begins below 512 MiB"},
		{512 << 20, 512 << 20, doctor.OK, ""},
	} {
		if found := room("data directory /d", test.free, test.forRecordings); found.State != test.state || !strings.Contains(found.Remedy, test.says) {
			t.Errorf("%d free, of %d for recordings: %v", test.free, test.forRecordings, found)
		}
	}
}
