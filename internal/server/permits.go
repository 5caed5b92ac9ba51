package server

import (
	"context"

	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/server/metrics"
)

// openPermits makes the rules of who may call where.
func (p *parts) openPermits(context.Context) (err error) {
	p.permits, err = permit.New(permit.Config{
		Numbers: p.numbers, Trunks: p.trunks, Guards: p.cfg.Guards, Emergency: p.cfg.Emergency, OwnCaller: p.numbers.Caller, Override: p.routing.CallerID, PerUser: p.cfg.CallsPerUser, PerApplication: p.cfg.CallsPerApplication,
	})
	if err != nil {
		return err
	}
	p.metrics.MustRegister(metrics.Permits(p.permits, p.trunks))
	return nil
}
