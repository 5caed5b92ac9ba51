package server

import (
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// admits refuses requests that change something while nothing can be stored, since neither a
// call nor anything else begins that nobody could be told of afterwards, and while memory is short.
func (p *parts) admits(change rest.Change) error {
	if p.backbone.Storing().Err() != nil || p.deliveries.Failure() != nil {
		return fault.NotStored(nil)
	}
	if change == rest.Takes { // users and rooms are in memory: who deletes them makes room
		return nil
	}
	return p.remembering()
}

// remembering says that memory is nearly used up.
func (p *parts) remembering() error {
	used, limit, short := p.memory.Short()
	if !short {
		return nil
	}
	return fault.Busy(2*time.Second, "the server has no memory for more: %d of %d MB are in use", used>>20, limit>>20)
}

// onDisk says of the failure of a start that the disk is full, where it is: parts that cannot store tell it in
// their own words, or not at all.
func onDisk(failure error, dir string, free func(dir string) (uint64, error)) error {
	if left, err := free(dir); err != nil || left >= datadir.LeastFree {
		return failure
	}
	return fmt.Errorf("%w; the disk of %s is full", failure, dir)
}
