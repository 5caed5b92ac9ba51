package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Create is a call that an application wants to make.
type Create struct {
	Targets     []identifier.ID // one: a call of two ends; several: a group
	Source      identifier.ID   // who the application is; zero: a new identity
	CallerID    identifier.ID   // the number shown to a phone; needed to call one
	By          string          // who asks, as package permit names askers
	DisplayName string          // what the callee sees beside the caller
	SIPHeaders  map[string]string
	VoIPHeaders map[string]string
	Control     Control
}

// MaxTargets bounds the targets of one create.
const MaxTargets = 100

// check refuses what can never become a call.
func (c Create) check(resource string) error {
	if n := len(c.Targets); n == 0 || n > MaxTargets {
		return fault.Invalid("targets: between 1 and %d targets are required.", MaxTargets).WithCode("8523")
	}
	for _, target := range c.Targets {
		if err := checkTarget(target, c.CallerID, resource); err != nil {
			return err
		}
	}
	if !c.Source.IsZero() && c.Source.Resource() != resource {
		return fault.Forbidden("The source %s does not belong to this resource (%s).", c.Source, resource).WithCode("7507")
	}
	return nil
}

// checkTarget refuses whom nobody can call from here.
func checkTarget(target, callerID identifier.ID, resource string) error {
	switch target.Kind() {
	case identifier.PhoneNumber:
		switch {
		case !target.IsDialable():
			return fault.Invalid("%q is not a phone number that can be called.", target.Number()).WithCode("7602")
		case callerID.IsZero():
			return fault.Invalid("sourceCallerIdNumber is required to call a phone number.").WithCode("8523")
		}
	case identifier.CommunicationUser:
		if target.Resource() != resource {
			return fault.Forbidden("%s does not belong to this resource (%s).", target, resource).WithCode("7507")
		}
	default:
		return fault.Invalid("A target of kind %s cannot be called.", target.Kind()).WithCode("7602")
	}
	return nil
}

// Create starts a call and returns the connection as it begins.
func (r *Registry) Create(ctx context.Context, create Create) (p Properties, err error) {
	if err := create.check(r.cfg.Resource); err != nil {
		return Properties{}, err
	}
	if create.Source.IsZero() {
		create.Source = identifier.NewUser(r.cfg.Resource)
	}
	releases, err := r.permitAll(create)
	if err != nil {
		return Properties{}, err
	}
	c, err := r.start()
	if err == nil {
		err = c.do(ctx, func() error {
			p = c.create(create, releases)
			releases = nil // the legs give them back
			return nil
		})
	}
	for _, release := range releases {
		release()
	}
	return p, err
}

// permitAll takes a permission for each phone among the targets, or none.
func (r *Registry) permitAll(create Create) (releases map[identifier.ID]func(), err error) {
	releases = make(map[identifier.ID]func())
	for _, target := range create.Targets {
		in := Invitation{From: create.CallerID, To: target, By: create.By}
		if err := r.permit(&in); err != nil {
			for _, release := range releases {
				release()
			}
			return nil, err
		}
		if in.release != nil {
			releases[target] = in.release
		}
	}
	return releases, nil
}

func (c *Call) create(create Create, releases map[identifier.ID]func()) Properties {
	conn := c.open(create.Control, CreateOperation, c.newApplication(create.Source), Properties{
		Targets: create.Targets, Source: create.Source, CallerID: create.CallerID, DisplayName: create.DisplayName,
	})
	conn.self.name = create.DisplayName
	c.record.startedBy = create.Source
	c.log.Info("call created", "from", create.Source, "to", create.Targets)
	c.group = len(create.Targets) > 1
	made, missing := conn.made, len(create.Targets) // made: before anything can end it
	for _, target := range create.Targets {
		in := Invitation{From: create.Source, To: target, DisplayName: create.DisplayName, SIPHeaders: create.SIPHeaders, VoIPHeaders: create.VoIPHeaders, By: create.By, release: releases[target]}
		if target.Kind() == identifier.PhoneNumber {
			in.From = create.CallerID
		}
		c.invite(in, c.registry.patience(target), &joining{
			up: func(*participant) { c.joined(conn) },
			down: func(p *participant, why Reason) {
				if missing--; missing == 0 && conn.state == Connecting || !c.group || c.deserted() {
					c.finish(why, nil)
					return
				}
				c.log.Info("somebody did not join the group", "target", target, "why", why.Text)
			},
		})
	}
	return made
}

// joined lets an application that waits for its call hear that it is up, and all
// others of the new list.
func (c *Call) joined(conn *Connection) {
	if conn.state == Connecting {
		c.bringUp(conn)
		return
	}
	c.tellRoster()
}
