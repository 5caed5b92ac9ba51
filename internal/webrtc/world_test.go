package webrtc_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/mixer"
	"github.com/switchhook/switchhook/internal/webrtc"
	"github.com/switchhook/switchhook/internal/webrtc/media"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/relay"
	"github.com/switchhook/switchhook/internal/webrtc/signalling"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

const (
	resource = "11111111-2222-4333-8444-555555555555"
	ourPhone = "+15550100001"
	aPhone   = "+15551230001"
	roomID   = "99000000000000001"
)

var (
	ann = identifier.User(resource, "0000000a-1b2c-3d4e-5f60-718293a4b5c6")
	bob = identifier.User(resource, "0000000b-1b2c-3d4e-5f60-718293a4b5c6")
	eve = identifier.User(resource, "0000000e-1b2c-3d4e-5f60-718293a4b5c6")
)

// world is a server of browsers with real calls, a real mixer and real sockets.
type world struct {
	*testing.T
	ctx       context.Context
	calls     *call.Registry
	server    *webrtc.Server
	media     *media.Engine
	relay     *relay.Server
	http      *httptest.Server
	numbers   *calltest.Dialer
	announcer *calltest.Announcer
	published *calltest.Publisher
	captions  *calltest.Transcripts
	rooms     *rooms
	watcher   *watcher
}

// rooms is one room.
type rooms struct {
	calls *call.Registry
	mu    sync.Mutex
	roles map[string]call.Role
	dials bool
	over  bool // its time has passed
}

func (r *rooms) expire() { r.mu.Lock(); r.over = true; r.mu.Unlock() }

func (r *rooms) Admit(_ context.Context, room string, who identifier.ID) (webrtc.Admission, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	role, invited := r.roles[who.Raw()]
	switch {
	case room != roomID:
		return webrtc.Admission{Refusal: webrtc.NoRoom}, nil
	case r.over:
		return webrtc.Admission{Refusal: webrtc.NotNow}, nil
	case !invited:
		return webrtc.Admission{Refusal: webrtc.NotInvited}, nil
	}
	return webrtc.Admission{Role: role, DialsOut: r.dials}, nil
}

func (r *rooms) Joined(string) {}

// set changes the list of the room; "" takes somebody off.
func (r *rooms) set(who identifier.ID, role call.Role) {
	r.mu.Lock()
	if r.roles[who.Raw()] = role; role == call.NoRole {
		delete(r.roles, who.Raw())
	}
	change := call.RoomChange{Roles: make(map[string]call.Role), DialsOut: r.dials}
	for id, role := range r.roles {
		change.Roles[id] = role
	}
	r.mu.Unlock()
	r.calls.ChangeRoom(roomID, change)
}

// devices rings clients; the dialer of phones is the server itself.
type devices struct{ of **webrtc.Server }

func (d devices) Devices(user identifier.ID) []string { return (*d.of).Devices(user) }

func (d devices) Dial(ctx context.Context, in call.Invitation, report func(call.Report)) (call.Leg, error) {
	return (*d.of).Dial(ctx, in, report)
}

// issuer is who makes the tokens.
const issuer = "secondary"

// authenticate takes tokens that are "user" or "user joins".
func authenticate(_ context.Context, token string) (signalling.User, signalling.Verdict) {
	user, scope, _ := strings.Cut(token, " ")
	if !strings.HasPrefix(user, "8:acs:") {
		return signalling.User{}, signalling.NotGood
	}
	return signalling.User{ID: user, Expires: time.Now().Add(time.Hour), Full: scope == "", IssuedBy: issuer}, signalling.Good
}

func newWorld(t testing.TB) *world {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 4*webrtctest.Patience)
	t.Cleanup(cancel)
	log := slog.New(slog.DiscardHandler)
	mix := mixer.New(mixer.Config{GoClock: true}, log)
	engine, err := media.Open(ctx, media.Config{Listen: "127.0.0.1:0", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{ctx: ctx, media: engine, numbers: calltest.NewDialer(), announcer: calltest.NewAnnouncer(), published: &calltest.Publisher{}, captions: &calltest.Transcripts{}, rooms: &rooms{roles: make(map[string]call.Role)}, watcher: &watcher{}}
	w.T, _ = t.(*testing.T)
	w.announcer.Listeners = 0
	w.calls = call.NewRegistry(call.Config{
		Resource: resource, Dialers: call.Dialers{Numbers: w.numbers, Phones: devices{&w.server}}, Devices: devices{&w.server},
		Numbers: calltest.Numbers{ourPhone}, Announcer: w.announcer, Publisher: w.published, Prompts: calltest.NewPrompts(),
		Streams: &calltest.Streams{}, Transcripts: w.captions, Captions: true, Watcher: w.watcher, Mixes: calltest.MixesOf(mix),
	}, log)
	w.rooms.calls = w.calls
	w.relay, err = relay.Open(ctx, relay.Config{
		Listen: "127.0.0.1:0", Media: engine.Addr(), Allocations: 100, PerUser: 16, Bandwidth: 100, Log: log,
		Present: func(user string) bool { return w.server.Present(user) },
	})
	if err != nil {
		t.Fatal(err)
	}
	w.server = webrtc.New(webrtc.Config{Calls: w.calls, Rooms: w.rooms, Media: engine, Authenticate: authenticate, ICEServers: w.relay.Servers, Reports: true, Log: log})
	w.http = httptest.NewServer(w.server)
	t.Cleanup(func() {
		w.server.Close()
		w.http.Close()
		now, stop := context.WithCancel(context.Background())
		stop()
		if err := w.calls.Stop(now, ctx); err != nil {
			t.Errorf("%d calls are left: %v", w.calls.Active(), err)
		}
		if err := errors.Join(w.relay.Close(), engine.Close()); err != nil {
			t.Error(err)
		}
		mix.Close()
	})
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// page opens a session of a user.
func (w *world) page(user identifier.ID) *webrtctest.Client {
	w.Helper()
	c, err := webrtctest.Dial(w.ctx, "ws"+strings.TrimPrefix(w.http.URL, "http"), protocol.Hello{Token: user.Raw(), DisplayName: "page of " + user.Raw(), UserAgent: "test"})
	w.must(err)
	w.Cleanup(c.Cut)
	return c
}

// inRoom lets a user into the room.
func (w *world) inRoom(user identifier.ID, role call.Role) (*webrtctest.Client, *webrtctest.Peer) {
	w.Helper()
	w.rooms.set(user, role)
	c := w.page(user)
	p, err := c.Join(w.ctx, protocol.CallJoin{Room: roomID})
	w.must(err)
	w.Cleanup(p.Close)
	_, err = webrtctest.Wait(w.ctx, c, func(m *protocol.CallStateChanged) bool { return m.State == protocol.CallStateConnected })
	w.must(err)
	return c, p
}

// inGroup lets a user into a group.
func (w *world) inGroup(user identifier.ID, group string) (*webrtctest.Client, *webrtctest.Peer) {
	w.Helper()
	c := w.page(user)
	p, err := c.Join(w.ctx, protocol.CallJoin{Group: group})
	w.must(err)
	w.Cleanup(p.Close)
	_, err = webrtctest.Wait(w.ctx, c, func(m *protocol.CallStateChanged) bool { return m.State == protocol.CallStateConnected })
	w.must(err)
	return c, p
}

func newGroup() string { return uuid.NewString() }

// url is where clients connect.
func (w *world) url() string { return "ws" + strings.TrimPrefix(w.http.URL, "http") }

// until waits for something that nobody tells of.
func (w *world) until(what string, holds func() bool) {
	w.Helper()
	for !holds() {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-w.ctx.Done():
			w.Fatalf("it never came true: %s", what)
		}
	}
}
