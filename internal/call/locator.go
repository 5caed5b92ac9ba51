package call

import "github.com/google/uuid"

// Locator names a call that goes on by one of three names (ACS CallLocator).
// Groups and rooms get their names from the clients that join them by it.
type Locator struct {
	ServerCallID string
	GroupCallID  string // a GUID
	RoomID       string // digits
}

// maxRoomID bounds a room's name, in digits; the service's have 17.
const maxRoomID = 32

// check refuses what can never have named a call.
func (l Locator) check() error {
	switch {
	case l.GroupCallID != "":
		if _, err := uuid.Parse(l.GroupCallID); err != nil {
			return GroupIDMalformed.because("%.100q is not a GUID.", l.GroupCallID)
		}
	case l.RoomID != "":
		if len(l.RoomID) > maxRoomID || !digits(l.RoomID) {
			return RoomIDMalformed.because("%.100q is not the id of a room, which is digits.", l.RoomID)
		}
	case !isServerCallID(l.ServerCallID):
		return ServerCallIDMalformed.because("%.100q is not a serverCallId.", l.ServerCallID)
	}
	return nil
}

func digits(text string) bool {
	for _, r := range text {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// name is one of the names that a call may have.
type name struct {
	kind nameKind
	text string
}

type nameKind uint8

const (
	serverCallName nameKind = iota
	groupName
	roomName
)

// name returns what the locator says. GUIDs are the same in upper and lower case.
func (l Locator) name() name {
	switch {
	case l.GroupCallID != "":
		if id, err := uuid.Parse(l.GroupCallID); err == nil {
			return name{groupName, id.String()}
		}
		return name{groupName, l.GroupCallID}
	case l.RoomID != "":
		return name{roomName, l.RoomID}
	}
	return name{serverCallName, l.ServerCallID}
}

// Find returns the call that a locator names. A fault says that the locator names
// no call, or that no such call goes on.
func (r *Registry) Find(l Locator) (*Call, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	if c := r.find(l); c != nil {
		return c, nil
	}
	return nil, errCallOver()
}

// find returns the call that a locator names, or nil.
func (r *Registry) find(l Locator) *Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byName[l.name()]
}

// name gives a call another name, unless another call has it: then that one is
// returned.
func (r *Registry) name(c *Call, as name) (other *Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if other = r.byName[as]; other == nil {
		r.byName[as] = c
		c.names = append(c.names, as)
	}
	return other
}

// unname takes a call's names away, its serverCallId aside: it is over, and who
// joins by one of them next begins another call.
func (r *Registry) unname(c *Call) {
	if len(c.names) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, as := range c.names {
		delete(r.byName, as)
	}
	c.names = nil
}
