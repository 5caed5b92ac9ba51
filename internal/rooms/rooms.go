// Package rooms is the API of rooms: calls that only invited users may join, within
// a time, each with a role. It owns the rooms and their participants; who asks
// whether somebody may join asks Admit. It obeys Azure's Communication Rooms API of
// 2025-03-13; rooms survive a restart.
package rooms

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/clockjump"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
)

// Config is what an API needs.
type Config struct {
	Resource string           // immutable id of the resource, a GUID
	Store    store.Backend    // required
	Now      func() time.Time // nil: time.Now
	Doubts   *clockjump.Watch // of that clock: no room is removed meanwhile; nil: one of its own
	// Changed is told of a room that has changed, or is no more; nil: nobody is. It must
	// not block.
	Changed func(id string)
}

// API serves the rooms of one resource.
type API struct {
	cfg     Config
	rooms   *store.Collection[Room]
	answers *rest.Repeatability
	order   order
}

// Room is a room as it is stored.
type Room struct {
	Created      time.Time     `json:"created"`
	From         time.Time     `json:"validFrom"`
	Until        time.Time     `json:"validUntil"`
	PSTNDialOut  bool          `json:"pstnDialOutEnabled,omitempty"`
	Participants []Participant `json:"participants,omitempty"` // in the order of their invitations
}

// Participant is a user who may join.
type Participant struct {
	ID   string `json:"rawId"`
	Role Role   `json:"role"`
}

// stored is how rooms are kept.
var stored = store.Define[Room]("rooms", store.Unchanged)

// New opens the rooms of the resource. Close ends it.
func New(cfg Config) (*API, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Changed == nil {
		cfg.Changed = func(string) {}
	}
	rooms, err := store.NewCollection(cfg.Store, stored)
	if err != nil {
		return nil, err
	}
	answers, err := rest.NewRepeatability(cfg.Store, "room-answers")
	if err != nil {
		rooms.Close()
		return nil, err
	}
	return &API{cfg: cfg, rooms: rooms, answers: answers}, nil
}

// Close ends the collections. Call it before the store is closed.
func (a *API) Close() {
	a.answers.Close()
	a.rooms.Close()
}

// Register adds the routes of the API.
func (a *API) Register(rt *rest.Router) {
	const room, participants = "/rooms/{roomId}", "/rooms/{roomId}/participants"
	rt.Handle(http.MethodPost, "/rooms", a.create, rest.Success(http.StatusCreated), rest.Repeatable(a.answers), rest.ReportsRepeatability())
	rt.Handle(http.MethodGet, "/rooms", a.list)
	rt.Handle(http.MethodGet, room, a.get)
	rt.Handle(http.MethodPatch, room, a.update)
	rt.Handle(http.MethodDelete, room, a.delete, rest.Success(http.StatusNoContent))
	rt.Handle(http.MethodGet, participants, a.listParticipants)
	rt.Handle(http.MethodPatch, participants, a.updateParticipants)
}

// now is the time as the API shows it: to the microsecond.
func (a *API) now() time.Time { return a.cfg.Now().UTC().Truncate(time.Microsecond) }

// find reads a room that a request names. An expired one is not found.
func (a *API) find(ctx context.Context, id string) (Room, error) {
	if err := checkID(id); err != nil {
		return Room{}, err
	}
	room, err := a.rooms.Get(ctx, id)
	if fault.Is(err, fault.KindNotFound) || err == nil && !a.now().Before(room.Until) {
		return Room{}, errNotFound()
	}
	return room, err
}

// change changes a room, or none of it.
func (a *API) change(ctx context.Context, id string, change func(*Room) error) (changed Room, err error) {
	if _, err := a.find(ctx, id); err != nil {
		return Room{}, err
	}
	err = a.rooms.Update(ctx, id, func(room *Room) error {
		if err := change(room); err != nil {
			return err
		}
		changed = *room
		return nil
	})
	if fault.Is(err, fault.KindNotFound) { // deleted meanwhile
		return Room{}, errNotFound()
	}
	if err == nil {
		a.cfg.Changed(id)
	}
	return changed, err
}

// errNotFound is the real service's answer.
func errNotFound() error { return fault.NotFound("The server cannot find the requested resource.") }

// Refusal is why somebody may not join a room.
type Refusal uint8

// The refusals.
const (
	NoRoom     Refusal = iota + 1 // the room does not exist, or was deleted
	NotNow                        // the room's time has not begun, or is over
	NotInvited                    // the user is not a participant of the room
)

// Admission is what a participant may do in a room.
type Admission struct {
	Role        Role
	PSTNDialOut bool
	Until       time.Time
}

// Admit says with which role a user may join a room now. A refusal is not an error:
// an error is a room that could not be read.
func (a *API) Admit(ctx context.Context, id string, who identifier.ID) (Admission, Refusal, error) {
	if checkID(id) != nil {
		return Admission{}, NoRoom, nil
	}
	room, err := a.rooms.Get(ctx, id)
	switch now := a.now(); {
	case fault.Is(err, fault.KindNotFound):
		return Admission{}, NoRoom, nil
	case err != nil:
		return Admission{}, 0, err
	case now.Before(room.From), !now.Before(room.Until):
		return Admission{}, NotNow, nil
	}
	at := slices.IndexFunc(room.Participants, func(p Participant) bool { return p.ID == who.Raw() })
	if at < 0 {
		return Admission{}, NotInvited, nil
	}
	return Admission{Role: room.Participants[at].Role, PSTNDialOut: room.PSTNDialOut, Until: room.Until}, 0, nil
}

// Roles says who may be in a room now, by raw id, and whether phone numbers may be
// called from it. Of a room that is no more nobody may.
func (a *API) Roles(ctx context.Context, id string) (roles map[string]Role, dialsOut bool, err error) {
	room, err := a.rooms.Get(ctx, id) // also an expired one: who is in its call stays there
	switch {
	case fault.Is(err, fault.KindNotFound):
		return nil, false, nil
	case err != nil:
		return nil, false, err
	}
	roles = make(map[string]Role, len(room.Participants))
	for _, p := range room.Participants {
		roles[p.ID] = p.Role
	}
	return roles, room.PSTNDialOut, nil
}

// byID orders participants for pages.
func byID(a, b Participant) int { return cmp.Compare(a.ID, b.ID) }
