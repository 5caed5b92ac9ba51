package server

import (
	"fmt"

	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/fault"
)

// storing refuses requests that change something while nothing can be stored: neither a
// call nor anything else begins that nobody could be told of afterwards.
func (p *parts) storing() error {
	if p.backbone.Storing().Err() == nil && p.deliveries.Failure() == nil {
		return nil
	}
	return fault.NotStored(nil)
}

// onDisk says of the failure of a start that the disk is full, where it is: parts that cannot store tell it in
// their own words, or not at all.
func onDisk(failure error, dir string, free func(dir string) (uint64, error)) error {
	if left, err := free(dir); err != nil || left >= datadir.LeastFree {
		return failure
	}
	return fmt.Errorf("%w; the disk of %s is full", failure, dir)
}
