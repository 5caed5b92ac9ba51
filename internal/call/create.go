package call

import (
	"context"
	"slices"

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
		return TargetCount.because("Between 1 and %d targets are required.", MaxTargets)
	}
	for _, target := range c.Targets {
		if err := checkTarget(target, c.CallerID, resource); err != nil {
			return err
		}
	}
	if !c.Source.IsZero() && c.Source.Resource() != resource {
		return ForeignIdentity.because("The source %s does not belong to this resource (%s).", c.Source, resource)
	}
	return nil
}

// checkTarget refuses whom nobody can call from here.
func checkTarget(target, callerID identifier.ID, resource string) error {
	switch target.Kind() {
	case identifier.PhoneNumber:
		switch {
		case !target.IsDialable():
			return NotDialable.because("%q is not a phone number in E.164 form, such as +15551230001: a plus and digits alone.", target.Number())
		case callerID.IsZero():
			return CallerIDMissing.because("A caller id is required to call a phone number.")
		}
	case identifier.CommunicationUser:
		if target.Resource() != resource {
			return ForeignIdentity.because("%s does not belong to this resource (%s).", target, resource)
		}
	default:
		return NotDialable.because("A target of kind %s cannot be called: %.100s.", target.Kind(), target.Raw())
	}
	return nil
}

// Create starts a call and returns the connection as it begins.
func (r *Registry) Create(ctx context.Context, create Create) (Properties, error) {
	if err := create.check(r.cfg.Resource); err != nil {
		return Properties{}, err
	}
	create.Targets = distinct(r.normalAll(create.Targets))
	if create.Source.IsZero() {
		create.Source = identifier.NewUser(r.cfg.Resource)
	}
	releases, err := r.permitAll(create)
	if err != nil {
		return Properties{}, err
	}
	if ctx.Err() != nil {
		releases.giveBack()
		return Properties{}, context.Cause(ctx)
	}
	made, err := start(r, func(c *Call) Properties { return c.create(create, releases) })
	if err != nil {
		releases.giveBack() // of a call that was begun the legs give them back
	}
	return made, err
}

// distinct leaves each identity once, where it stands first. A client that names
// somebody twice wants one of them: createCall with a target twice rings once.
func distinct(list []identifier.ID) []identifier.ID {
	var once []identifier.ID
	for _, id := range list {
		if !slices.Contains(once, id) {
			once = append(once, id)
		}
	}
	return once
}

// normalAll is the one form of each of a list.
func (r *Registry) normalAll(list []identifier.ID) []identifier.ID {
	made := make([]identifier.ID, len(list))
	for i, id := range list {
		made[i] = r.normal(id)
	}
	return made
}

// permissions are what a create has been permitted, by target.
type permissions map[identifier.ID]func()

// giveBack releases all of them.
func (p permissions) giveBack() {
	for _, release := range p {
		release()
	}
}

// permitAll takes a permission for each phone among the targets, or none.
func (r *Registry) permitAll(create Create) (permissions, error) {
	releases := make(permissions)
	for _, target := range create.Targets {
		in := Invitation{From: create.CallerID, To: target, By: create.By}
		if err := r.permit(&in); err != nil {
			releases.giveBack()
			return nil, err
		}
		if in.release != nil {
			releases[target] = in.release
		}
	}
	return releases, nil
}

func (c *Call) create(create Create, releases permissions) Properties {
	conn := c.open(create.Control, CreateOperation, c.newApplication(create.Source, inApplication), Properties{
		Targets: create.Targets, Source: create.Source, CallerID: create.CallerID, DisplayName: create.DisplayName,
	})
	conn.self.name = create.DisplayName
	c.record.startedBy = create.Source
	c.log.Info("call created", "from", create.Source, "to", create.Targets)
	if len(create.Targets) > 1 {
		c.becomeGroup()
	}
	made, missing := conn.made, len(create.Targets) // made: before anything can end it
	for _, target := range create.Targets {
		in := Invitation{From: create.Source, To: target, DisplayName: create.DisplayName, SIPHeaders: create.SIPHeaders, VoIPHeaders: create.VoIPHeaders, By: create.By, release: releases[target]}
		if target.Kind() == identifier.PhoneNumber {
			in.From = create.CallerID
		}
		c.expect(in, c.registry.patience(target), &join{
			up: func(*endpoint) { c.calleeJoined(conn) },
			down: func(_ *endpoint, why Reason) {
				if missing--; missing == 0 && conn.state == Connecting || c.kind.endsWhenOneLeaves() {
					c.finish(why, nil)
					return
				}
				c.log.Info("somebody did not join the group", "target", target, "why", why.words())
				c.notCome(why)
			},
		})
	}
	return made
}

// calleeJoined lets an application that waits for its call hear that it is up, and
// all others of the new list.
func (c *Call) calleeJoined(conn *Connection) {
	if conn.state == Connecting {
		c.bringUp(conn)
		return
	}
	c.tellRoster()
}
