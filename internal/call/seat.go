package call

// Kind is what sort of conversation a call is, for those who are in it.
type Kind uint8

// The kinds.
const (
	TwoParty Kind = iota
	Group
	Room
)

// Seat is the place of a leg in a call.
type Seat struct {
	ServerCallID  string
	ParticipantID string // a GUID of this endpoint, by which rosters name it
	Kind          Kind
	Role          Role
	DialsOut      bool // phone numbers may be called from here
	Camera        int  // id of the stream of its camera; 0: it is off
	Screen        int  // id of the stream of its screen; 0: it is off

	Recording   string // id of the recording that goes on; "": there is none
	Paused      bool   // that recording
	Transcribed bool   // an application has what is said written down
	Captions    bool   // there are captions for who wants them
}

// seatID is the GUID by which those in the call know the endpoint, made when the first of
// them is told.
func (e *endpoint) seatID() string {
	if e.seat == "" {
		e.seat = newID()
	}
	return e.seat
}

// tellSeat tells an endpoint's leg where it sits, if it wants to know.
func (e *endpoint) tellSeat() {
	leg, follows := e.leg.(SeatFollower)
	if !follows || !e.listed() {
		return
	}
	c := e.call
	seat := Seat{
		ServerCallID: c.id, ParticipantID: e.seatID(), Kind: c.kind.told(), Role: e.role,
		Captions: c.registry.cfg.Captions,
		DialsOut: e.role.MayManage() && (c.kind != room || c.dialsOut),
		Camera:   e.stream(CameraVideo), Screen: e.stream(ScreenVideo),
	}
	if rec := c.recording; rec != nil && rec.Recording != nil {
		seat.Recording, seat.Paused = rec.id, !rec.active()
	}
	for _, conn := range c.connections {
		seat.Transcribed = seat.Transcribed || conn.transcription != nil
	}
	leg.FollowSeat(seat)
}

// tellSeats tells everybody who wants to know of something that concerns all.
func (c *Call) tellSeats() {
	for _, e := range c.endpoints {
		e.tellSeat()
	}
}

// told is the kind as those in the call know it.
func (k kind) told() Kind {
	switch k {
	case group:
		return Group
	case room:
		return Room
	}
	return TwoParty
}
