package rooms

import (
	"context"

	"github.com/switchhook/switchhook/internal/rest"
)

// Open makes a room without participants, which is valid for a day, as the sample
// pages need one.
func (a *API) Open(ctx context.Context) (id string, err error) {
	now := a.now()
	return a.add(ctx, Room{Created: now, From: now, Until: now.AddDate(0, 0, 1)})
}

// Invite puts a user on the list of a room, or changes the user's role.
func (a *API) Invite(ctx context.Context, id, user, role string) error {
	change := rest.Member[participantProperties]{Name: user}
	change.Value.Role = role
	_, err := a.change(ctx, id, func(room *Room) error {
		return a.invite(room, rest.Members[participantProperties]{change}, noUserOfChange)
	})
	return err
}
