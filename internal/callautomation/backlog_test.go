package callautomation

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/mixer"
)

// TestNothingIsBegunWhereTooManyCallbacksWait: each operation would add an event to them. An
// application that does not take its callbacks keeps no other from anything, until all together
// have too many; what ends something is done, and calls that ring are answered.
func TestNothingIsBegunWhereTooManyCallbacksWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := mixer.New(mixer.Config{GoClock: true}, slog.New(slog.DiscardHandler))
		defer synctest.Wait()
		defer engine.Close()
		a := newApplication(t, engine)
		const here, elsewhere = `"callbackUri":"http://app.test/callback",`, `"callbackUri":"http://other.test/",`
		other := identifier.NewUser(applicationsResource).Raw()
		user := `{"communicationUser":{"id":"` + other + `"}}`
		create := `"targets":[` + user + `]`
		a.send("callConnections", create, "", "")
		ringing := <-a.announcer.Calls

		full := &slow{all: maxWaiting / 2, atApplication: maxWaiting / 2}
		*a.journal = *full
		answered := a.send("callConnections:answer", `"incomingCallContext":"`+ringing.Context+`"`, "CallConnected ParticipantsUpdated", "CallConnected ParticipantsUpdated")
		connection := "callConnections/" + answered.CallConnectionID
		begun := map[string]string{
			"callConnections":                                 create,
			"callConnections:connect":                         `"callLocator":{"groupCallId":"33333333-2222-4333-8444-555555555555"}`,
			connection + ":play":                              `"playSources":[{"kind":"file","file":{"uri":"http://app.test/hello.wav"}}]`,
			connection + ":interruptAudioAndAnnounce":         `"playSources":[{"kind":"file","file":{"uri":"http://app.test/hello.wav"}}],"playTo":` + user,
			connection + ":recognize":                         `"recognizeInputType":"dtmf","recognizeOptions":{"targetParticipant":` + user + `,"dtmfOptions":{"maxTonesToCollect":1}}`,
			connection + ":sendDtmfTones":                     `"tones":["one"],"targetParticipant":` + user,
			connection + "/participants:add":                  `"participantToAdd":` + user,
			connection + ":transferToParticipant":             `"targetParticipant":` + user,
			connection + "/participants:moveHere":             `"targetParticipants":[` + user + `],"fromCall":"x"`,
			connection + ":hold":                              `"targetParticipant":` + user,
			connection + ":startMediaStreaming":               `"x":0`,
			connection + ":startTranscription":                `"x":0`,
			connection + ":updateTranscription":               `"locale":"en-US"`,
			connection + ":startContinuousDtmfRecognition":    `"targetParticipant":` + user,
			connection + "/participants:cancelAddParticipant": `"invitationId":"none"`,
			"recordings": `"recordingStateCallbackUri":"http://app.test/callback","callConnectionId":"` + answered.CallConnectionID + `","recordingFormatType":"wav"`,
		}
		told := func(path, members string) (int, string) {
			w := httptest.NewRecorder()
			a.ask(w, path, members)
			return w.Code, w.Body.String()
		}
		for path, members := range begun {
			if status, text := told(path, here+members); status != http.StatusTooManyRequests || !strings.Contains(text, "64 MB of callbacks wait for app.test, which") {
				t.Errorf("%s: %d %s", path, status, text)
			}
			members = strings.ReplaceAll(members, "http://app.test/callback", "http://other.test/")
			if status, text := told(path, elsewhere+`"operationCallbackUri":"http://other.test/",`+members); status == http.StatusTooManyRequests {
				t.Errorf("of another application, %s: %d %s", path, status, text)
			}
		}
		*a.journal = slow{all: maxWaiting}
		for path, members := range begun {
			if status, text := told(path, elsewhere+members); status != http.StatusServiceUnavailable || !strings.Contains(text, "128 MB of callbacks wait") {
				t.Errorf("where there is no room for anybody, %s: %d %s", path, status, text)
			}
		}
		for path, members := range map[string]string{
			connection + ":cancelAllMediaOperations": `"x":0`,
			connection + ":unhold":                   `"targetParticipant":` + user,
			connection + ":terminate":                `"x":0`,
		} {
			if status, text := told(path, members); status == http.StatusServiceUnavailable {
				t.Errorf("%s: %d %s", path, status, text)
			}
		}
		if err := a.calls.Stop(canceled(), t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestInvitationIsCalledOffWhateverWaits: a telephone must not go on ringing because of callbacks. To
// call off what is over has an event alone, and is refused.
func TestInvitationIsCalledOffWhateverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := mixer.New(mixer.Config{GoClock: true}, slog.New(slog.DiscardHandler))
		defer synctest.Wait()
		defer engine.Close()
		a := newApplication(t, engine)
		user := func() string {
			return `{"communicationUser":{"id":"` + identifier.NewUser(applicationsResource).Raw() + `"}}`
		}
		a.send("callConnections", `"targets":[`+user()+`]`, "", "")
		ringing := <-a.announcer.Calls
		answered := a.send("callConnections:answer", `"incomingCallContext":"`+ringing.Context+`"`, "CallConnected ParticipantsUpdated", "CallConnected ParticipantsUpdated")
		participants := "callConnections/" + answered.CallConnectionID + "/participants"
		w := httptest.NewRecorder()
		a.ask(w, participants+":add", `"participantToAdd":`+user())
		var added struct{ InvitationID string }
		if err := json.Unmarshal(w.Body.Bytes(), &added); err != nil || added.InvitationID == "" {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		*a.journal = slow{all: maxWaiting}
		for _, want := range []int{http.StatusAccepted, http.StatusServiceUnavailable} {
			w := httptest.NewRecorder()
			a.ask(w, participants+":cancelAddParticipant", `"invitationId":"`+added.InvitationID+`"`)
			if w.Code != want {
				t.Errorf("%d %s, want %d", w.Code, w.Body, want)
			}
		}
		if err := a.calls.Stop(canceled(), t.Context()); err != nil {
			t.Error(err)
		}
	})
}
