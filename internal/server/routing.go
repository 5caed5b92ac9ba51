package server

import (
	"context"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/phonenumbers"
	"github.com/switchhook/switchhook/internal/siprouting"
	"github.com/switchhook/switchhook/internal/trunk"
)

// openNumbers finds out which phone numbers the resource owns now.
func (p *parts) openNumbers(ctx context.Context) (err error) {
	p.numbers, err = phonenumbers.New(ctx, phonenumbers.Config{
		Owned: p.cfg.Numbers, Available: p.cfg.SpareNumbers, Store: p.store, Log: p.log.With("part", "phonenumbers"),
	})
	if err != nil {
		return err
	}
	p.later(func() error { p.numbers.Close(); return nil })
	return nil
}

// leastPassword is the length below which a password that strangers may guess is short.
const leastPassword = 16

// warnOfPasswords warns of short passwords by which anybody may call in as a trunk.
func (p *parts) warnOfPasswords() {
	for _, t := range p.cfg.Trunks {
		if n := len(t.InboundPassword); n > 0 && n < leastPassword {
			p.log.Warn("the inbound password of a trunk is short: it should have 16 characters or more", "trunk", t.Name, "characters", n)
		}
	}
}

// openRouting makes the table of trunks and routes, and what changes it.
func (p *parts) openRouting(ctx context.Context) (err error) {
	if p.trunks, err = trunk.NewTable(p.cfg.Trunks, p.cfg.Routes); err != nil {
		return err
	}
	p.warnOfPasswords()
	for _, t := range p.cfg.Trunks {
		if missing := config.MissingCodecs(t); len(missing) > 0 {
			p.log.Warn("codecs of a trunk are left out", "trunk", t.Name, "codecs", missing, "error", codec.OpusMissing())
		}
	}
	p.routing, err = siprouting.New(ctx, siprouting.Config{
		Trunks: p.cfg.Trunks, Routes: p.cfg.Routes, Table: p.trunks, Health: trunkWatch{p}, Store: p.store, Log: p.log.With("part", "siprouting"),
		FileTrunksOnly: p.cfg.FileTrunksOnly, Allow: p.cfg.Outbound.Check(),
	})
	if err != nil {
		return err
	}
	p.later(func() error { p.routing.Close(); return nil })
	return nil
}

// shownAs puts the caller id in that the number's route sets, if it sets one.
func (p *parts) shownAs(in call.Invitation) call.Invitation {
	if in.To.Kind() != identifier.PhoneNumber {
		return in
	}
	if other := p.routing.CallerID(in.To.Number()); other != "" {
		if id, err := identifier.Phone(other); err == nil {
			in.From = id
		}
	}
	return in
}
