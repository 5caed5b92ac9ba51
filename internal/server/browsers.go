package server

import (
	"context"
	"errors"
	"net/http"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/connlimit"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/rooms"
	"github.com/switchhook/switchhook/internal/server/metrics"
	"github.com/switchhook/switchhook/internal/webrtc"
	"github.com/switchhook/switchhook/internal/webrtc/media"
	"github.com/switchhook/switchhook/internal/webrtc/signalling"
)

// openBrowsers makes what browsers take part in calls by, and opens its port.
func (p *parts) openBrowsers(ctx context.Context) error {
	if p.cfg.WebRTC == "" {
		return nil
	}
	log := p.log.With("part", "webrtc")
	engine, err := media.Open(ctx, media.Config{Listen: p.cfg.WebRTC, Public: p.cfg.SIPPublic, Limit: p.connectionLimit().Listener, Proven: connlimit.Prove, Log: log})
	if err != nil {
		return err
	}
	p.later(engine.Close)
	p.media = engine
	if err := p.openRelay(ctx, log); err != nil {
		return err
	}
	p.browsers.Store(webrtc.New(webrtc.Config{
		Calls: p.calls, Rooms: roomsOfCalls{p}, Media: engine, Authenticate: p.authenticateClient,
		Proven: connlimit.NoteCredentials, Strangers: connlimit.Strangers(p.connections()), Origins: p.cfg.WebSocketOrigins, Refused: p.clientRefused, Reports: p.insight.Load() != nil, ICEServers: p.iceServers(), AttestationHeader: p.cfg.AttestationHeader, Log: log,
	}))
	p.metrics.MustRegister(metrics.Browsers(p.browsers.Load(), engine), metrics.Pictures(p.browsers.Load()))
	p.later(func() error { p.browsers.Load().Close(); return nil })
	return nil
}

// authenticateClient reads the token of a browser.
func (p *parts) authenticateClient(ctx context.Context, token string) (signalling.User, signalling.Verdict) {
	read, err := p.identities.Authenticate(ctx, token)
	var denial *auth.Denial
	switch {
	case errors.As(err, &denial):
		return signalling.User{}, signalling.NotGood
	case err != nil:
		p.log.Warn("an access token could not be checked", "error", err)
		return signalling.User{}, signalling.NotKnown
	case !read.Allows("voip", "voip.join"):
		return signalling.User{}, signalling.NotForCalls
	}
	if _, err := identifier.Parse(read.User); err != nil {
		return signalling.User{}, signalling.NotGood
	}
	return signalling.User{ID: read.User, Expires: read.Expires, Full: read.Allows("voip"), IssuedBy: issuerOf(read, p.resource.Keys)}, signalling.Good
}

// issuerOf is who made a user's token, as package permit names askers: an access key, or whom
// a bearer token names.
func issuerOf(token auth.UserToken, keys *auth.Keys) string {
	issuer := auth.Principal{Subject: token.Subject}
	if slot, known := keys.SlotOf(token.KeyID); known {
		issuer.Key = slot.String()
	}
	return permit.Asker(issuer)
}

// endBrowsers ends the calls of a user who was deleted.
func (p *parts) endBrowsers(user identifier.ID) {
	if browsers := p.browsers.Load(); browsers != nil {
		browsers.EndUser(user)
	}
}

// checkBrowsers ends the sockets of a user whose tokens have been revoked.
func (p *parts) checkBrowsers(user identifier.ID) {
	if browsers := p.browsers.Load(); browsers != nil {
		browsers.CheckUser(user)
	}
}

// serveBrowsers takes in the sockets of browsers.
func (p *parts) serveBrowsers(w http.ResponseWriter, r *http.Request) {
	if browsers := p.browsers.Load(); browsers != nil {
		browsers.ServeHTTP(w, r)
		return
	}
	http.Error(w, "browsers cannot take part in calls: WebRTC is off (--webrtc)", http.StatusNotFound)
}

// roomsOfCalls says who may join a room.
type roomsOfCalls struct{ p *parts }

// Admit asks the rooms.
func (r roomsOfCalls) Admit(ctx context.Context, room string, who identifier.ID) (webrtc.Admission, error) {
	admission, refusal, err := r.p.rooms.Admit(ctx, room, who)
	return webrtc.Admission{
		Role: call.Role(admission.Role), DialsOut: admission.PSTNDialOut, Refusal: roomRefusals[refusal],
	}, err
}

var roomRefusals = map[rooms.Refusal]webrtc.RoomRefusal{
	rooms.NoRoom: webrtc.NoRoom, rooms.NotNow: webrtc.NotNow, rooms.NotInvited: webrtc.NotInvited,
}

// Joined lets the call of the room obey it.
func (r roomsOfCalls) Joined(room string) { r.p.roomChanged(room) }

// roomChanged lets the call of a room obey what the room says now. Changes that come
// one upon the other are read in their order.
func (p *parts) roomChanged(id string) {
	p.work.Go(func() {
		p.roomTurn.Lock()
		defer p.roomTurn.Unlock()
		list, dialsOut, err := p.rooms.Roles(p.life, id)
		if err != nil {
			p.log.Error("the list of a room could not be read; its call goes on as before", "room", id, "error", err)
			return
		}
		change := call.RoomChange{DialsOut: dialsOut}
		if list != nil { // there is still such a room
			change.Roles = make(map[string]call.Role, len(list))
		}
		for who, role := range list {
			change.Roles[who] = call.Role(role)
		}
		p.calls.ChangeRoom(id, change)
	})
}
