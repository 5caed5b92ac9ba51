package server

import (
	"errors"
	"testing"

	"github.com/switchhook/switchhook/internal/datadir"
)

// TestStartOnAFullDiskSaysSo, whatever else has failed, and nothing of a disk that has room, or is not known.
func TestStartOnAFullDiskSaysSo(t *testing.T) {
	failure := errors.New("open collection rooms: error creating store for stream")
	for _, test := range []struct {
		left    uint64
		unknown error
		says    string
	}{
		{0, nil, failure.Error() + "; the disk of /data is full"},
		{datadir.LeastFree - 1, nil, failure.Error() + "; the disk of /data is full"},
		{datadir.LeastFree, nil, failure.Error()},
		{0, errors.New("statfs"), failure.Error()},
	} {
		got := onDisk(failure, "/data", func(string) (uint64, error) { return test.left, test.unknown })
		if got.Error() != test.says || !errors.Is(got, failure) {
			t.Errorf("with %d bytes left, %v: %v", test.left, test.unknown, got)
		}
	}
}
