package e2e

import (
	"maps"
	"slices"
	"testing"
	"time"
)

type room struct {
	ID                    string
	ValidFrom, ValidUntil time.Time
	PSTNDialOutEnabled    bool
}

// invited lists the roles in a room by user.
func (a *agent) invited(room string) map[string]string {
	a.t.Helper()
	var list []struct {
		ID   struct{ CommunicationUserID string }
		Role string
	}
	a.do("listInvited", values{"room": room}, &list)
	roles := map[string]string{}
	for _, p := range list {
		roles[p.ID.CommunicationUserID] = p.Role
	}
	return roles
}

// TestRoomsAreManaged: by the rooms SDK, over a kill.
func TestRoomsAreManaged(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	a := startAgent(p, application{})
	john, chris, fred := a.createUser(), a.createUser(), a.createUser()

	var plain room
	a.do("createRoom", values{}, &plain)
	if valid := plain.ValidUntil.Sub(plain.ValidFrom); valid != 180*24*time.Hour || plain.PSTNDialOutEnabled {
		t.Errorf("a room without options is %+v", plain)
	}
	var made room
	from, until := time.Now().Add(72*time.Hour).UTC().Truncate(time.Second), time.Now().Add(30*24*time.Hour).UTC().Truncate(time.Second)
	a.do("createRoom", values{"validFrom": from, "validUntil": until, "dialOut": true, "participants": []values{{"id": john, "role": "Presenter"}, {"id": chris}}}, &made)
	if !made.ValidFrom.Equal(from) || !made.ValidUntil.Equal(until) || !made.PSTNDialOutEnabled {
		t.Errorf("the room is %+v", made)
	}
	if got := a.invited(made.ID); !maps.Equal(got, map[string]string{john: "Presenter", chris: "Attendee"}) {
		t.Errorf("invited are %v", got)
	}
	a.do("inviteToRoom", values{"room": made.ID, "participants": []values{{"id": john, "role": "Consumer"}, {"id": fred, "role": "Collaborator"}}}, nil)
	a.do("removeFromRoom", values{"room": made.ID, "users": []string{chris}}, nil)

	p.kill()
	a = startAgent(start(t, setup{data: p.data}), application{})
	if got := a.invited(made.ID); !maps.Equal(got, map[string]string{john: "Consumer", fred: "Collaborator"}) {
		t.Errorf("after a kill, invited are %v", got)
	}
	a.do("updateRoom", values{"room": made.ID, "validFrom": from, "validUntil": until.Add(24 * time.Hour), "dialOut": false}, &made)
	if !made.ValidUntil.Equal(until.Add(24*time.Hour)) || made.PSTNDialOutEnabled {
		t.Errorf("after an update it is %+v", made)
	}
	var list []room
	a.do("listRooms", nil, &list)
	if ids := []string{list[0].ID, list[len(list)-1].ID}; len(list) != 2 || !slices.Contains(ids, plain.ID) || !slices.Contains(ids, made.ID) {
		t.Errorf("listed are %+v", list)
	}
	err := a.try("inviteToRoom", values{"room": made.ID, "participants": []values{{"id": "wrong_mri", "role": "Attendee"}}}, nil)
	if statusOf(err) != 400 {
		t.Errorf("a user that is none: %v", err)
	}
	a.do("deleteRoom", values{"room": made.ID}, nil)
	if err := a.try("deleteRoom", values{"room": made.ID}, nil); statusOf(err) != 404 {
		t.Errorf("a room is deleted again: %v", err)
	}
	if err := a.try("getRoom", values{"room": made.ID}, nil); statusOf(err) != 404 {
		t.Errorf("a deleted room: %v", err)
	}
}
