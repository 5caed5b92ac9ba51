package server

import "github.com/switchhook/switchhook/internal/fault"

// storing refuses requests that change something while nothing can be stored: neither a
// call nor anything else begins that nobody could be told of afterwards.
func (p *parts) storing() error {
	if p.backbone.Storing().Err() == nil && p.deliveries.Failure() == nil {
		return nil
	}
	return fault.NotStored(nil)
}
