package callautomation

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/auth/authtest"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/mixer"
	"github.com/switchhook/switchhook/internal/recording"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
)

// slow is a journal whose disk is so slow that everything else happens first.
type slow struct{ all, atApplication int64 }

func (*slow) Flush(context.Context) error { time.Sleep(3 * time.Second); return nil }

func (s *slow) Waiting(policy, address string) (all, there int64) {
	if strings.HasPrefix(address, "http://app.test/") && policy == Policy {
		there = s.atApplication
	}
	return s.all, there
}

// counted is an outbox that notes what was posted.
type counted struct {
	mu     sync.Mutex
	posted []string
}

func (c *counted) Post(messages ...delivery.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range messages {
		c.posted = append(c.posted, m.Note)
	}
}

func (*counted) Hold(string, []byte) {}

func (c *counted) all() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.posted, " ")
}

// witness is a client that notes what had been posted when its answer was sent.
type witness struct {
	*httptest.ResponseRecorder
	outbox *counted
	before string
}

func (w *witness) Flush() {
	w.before = w.outbox.all()
	w.ResponseRecorder.Flush()
}

// deafRecording is a recording that is not listened to, and the maker of such.
type deafRecording struct{}

func (d deafRecording) Create(context.Context, recording.Options) (call.Recording, error) {
	return d, nil
}
func (deafRecording) Began() time.Time                             { return time.Now() }
func (deafRecording) Mixed() bool                                  { return true }
func (deafRecording) Begin(func(error, bool))                      {}
func (deafRecording) Discard()                                     {}
func (deafRecording) Mix() audio.Listener                          { return deafRecording{} }
func (deafRecording) Participant(recording.Arrival) audio.Listener { return nil }
func (deafRecording) Pictured() bool                               { return false }
func (deafRecording) Attend([]recording.Attendee)                  {}
func (deafRecording) Speak([]string)                               {}
func (deafRecording) Pause()                                       {}
func (deafRecording) Resume()                                      {}
func (deafRecording) HearFrame(audio.Tick, audio.Frame)            {}
func (deafRecording) Stop(recording.EndReason) <-chan struct{} {
	done := make(chan struct{})
	close(done)
	return done
}

// application sends requests to calls whose callbacks it counts.
type application struct {
	t         *testing.T
	router    *rest.Router
	outbox    *counted
	announcer *calltest.Announcer
	calls     *call.Registry
	journal   *slow
	key       auth.Key
	version   string // of its requests
}

const applicationsResource = "11111111-2222-4333-8444-555555555555"

func newApplication(t *testing.T, mixes *mixer.Engine) *application {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	a := &application{t: t, outbox: &counted{}, journal: &slow{}, announcer: calltest.NewAnnouncer(), key: auth.NewKey(), version: "2026-03-12"}
	a.calls = call.NewRegistry(call.Config{
		Resource: applicationsResource, Numbers: calltest.Numbers{"+15550100001"}, Announcer: a.announcer, Publisher: NewCallbacks(a.outbox, log), Mixes: calltest.MixesOf(mixes),
		Prompts: calltest.NewPrompts(), Recordings: deafRecording{}, Transcripts: &calltest.Transcripts{}, Dialers: call.Dialers{Numbers: &calltest.Dialer{Fail: errors.New("no route")}},
	}, log)
	answers, err := rest.NewRepeatability(store.InMemory(), "answers")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(answers.Close)
	keys, err := auth.NewKeys(a.key, auth.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	a.router = rest.New(rest.Config{Auth: auth.NewAuthenticator(auth.Config{Keys: keys}), Log: log})
	New(a.calls, a.journal, answers, converts{}).Routes(a.router)
	return a
}

// send asks for the callbacks that come before the answer to a request, and after it.
func (a *application) send(path, body, before, after string) (answer struct {
	CallConnectionID, RecordingID, OperationContext, SubscriptionID string
	TranscriptionSubscription                                       struct{ ID string }
}) {
	a.t.Helper()
	a.outbox.posted = nil
	w := &witness{ResponseRecorder: httptest.NewRecorder(), outbox: a.outbox}
	a.ask(w, path, `"callbackUri":"http://app.test/callback",`+body)
	if all := strings.TrimSpace(before + " " + after); w.Code >= 300 || !w.Flushed || w.before != before || a.outbox.all() != all {
		a.t.Errorf("%s: %d %s; before the answer was sent came %q, want %q; in all %q, want %q", path, w.Code, w.Body, w.before, before, a.outbox.all(), all)
	}
	if w.Code != http.StatusNoContent && w.Result().ContentLength != int64(w.Body.Len()) {
		a.t.Errorf("%s: the length of the answer is not told", path)
	}
	_ = json.Unmarshal(w.Body.Bytes(), &answer) // some have no body
	return answer
}

// ask makes a request with the members of its body.
func (a *application) ask(w http.ResponseWriter, path, members string) {
	a.t.Helper()
	method, body := http.MethodPost, "{"+members+"}"
	if of, is := strings.CutPrefix(path, "DELETE "); is {
		method, path, body = http.MethodDelete, of, ""
	}
	r := httptest.NewRequest(method, "/calling/"+path+"?api-version="+a.version, strings.NewReader(body))
	r.Host = "localhost:8443"
	if err := authtest.Sign(r, []byte(body), a.key.Base64(), time.Now()); err != nil {
		a.t.Fatal(err)
	}
	a.router.ServeHTTP(w, r)
	synctest.Wait()
}

// TestEventsFollowTheAnswerToTheirRequest: Microsoft's samples use in the handler of
// CallConnected what answerCall has returned, and begin to wait for the end of an operation when
// they have the answer to its request.
func TestEventsFollowTheAnswerToTheirRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := mixer.New(mixer.Config{GoClock: true}, slog.New(slog.DiscardHandler))
		defer synctest.Wait()
		defer engine.Close()
		a := newApplication(t, engine)
		a.send("callConnections", `"targets":[{"phoneNumber":{"value":"+15551230001"}}],"sourceCallerIdNumber":{"value":"+15550100001"}`, "", "CreateCallFailed CallDisconnected")
		other := identifier.NewUser(applicationsResource).Raw()
		made := a.send("callConnections", `"targets":[{"communicationUser":{"id":"`+other+`"}}]`, "", "")
		ringing := <-a.announcer.Calls
		// The other end, who created the call, has had its answer.
		a.send("callConnections:answer", `"incomingCallContext":"`+ringing.Context+`"`, "CallConnected ParticipantsUpdated", "CallConnected ParticipantsUpdated")
		connection := "callConnections/" + made.CallConnectionID
		a.send(connection+":play", `"playSources":[{"kind":"file","file":{"uri":"http://app.test/hello.wav"}}]`, "", "PlayStarted PlayCompleted")
		a.send(connection+"/participants:add", `"participantToAdd":{"phoneNumber":{"value":"+15551230001"}},"sourceCallerIdNumber":{"value":"+15550100001"}`, "", "AddParticipantFailed")

		locator := `"callLocator":{"serverCallId":"` + ringing.ServerCallID + `"}`
		joined := a.send("callConnections:connect", locator, "", "CallConnected ParticipantsUpdated")
		a.send("DELETE callConnections/"+joined.CallConnectionID, "", "", "CallDisconnected")
		recording := "recordings/" + a.send("recordings", locator+`,"recordingFormatType":"wav","recordingStateCallbackUri":"http://app.test/recordings"`, "", "RecordingStateChanged").RecordingID
		a.send(recording+":pause", `"x":0`, "", "RecordingStateChanged")
		a.send(recording+":resume", `"x":0`, "", "RecordingStateChanged")
		a.send("DELETE "+recording, "", "", "RecordingStateChanged")
		a.send("callConnections:connect", `"callLocator":{"groupCallId":"33333333-2222-4333-8444-555555555555"}`, "", "ConnectFailed")
		// So has the other end, who has asked for nothing.
		a.send(connection+"/participants:remove", `"participantToRemove":{"communicationUser":{"id":"`+other+`"}}`, "CallDisconnected", "RemoveParticipantSucceeded CallDisconnected")
		if err := a.calls.Stop(canceled(), t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
