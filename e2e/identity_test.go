package e2e

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// TestIdentitiesAreManaged: users and their tokens, with the identity SDK.
func TestIdentitiesAreManaged(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	a := startAgent(p, application{})
	user := a.createUser()
	if prefix := "8:acs:" + a.resource() + "_"; !strings.HasPrefix(user, prefix) {
		t.Errorf("the user is %s, want %s…", user, prefix)
	}
	var token struct {
		Token     string
		ExpiresOn time.Time
	}
	a.do("getToken", values{"user": user, "scopes": []string{"voip"}}, &token)
	if left := time.Until(token.ExpiresOn); left < 23*time.Hour || left > 25*time.Hour {
		t.Errorf("the token expires on %v", token.ExpiresOn)
	}
	var claims struct{ SkypeID string }
	parts := strings.Split(token.Token, ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[min(1, len(parts)-1)])
	must(t, err)
	must(t, json.Unmarshal(payload, &claims))
	if "8:"+claims.SkypeID != user && claims.SkypeID != strings.TrimPrefix(user, "8:") {
		t.Errorf("the token is of %q, want %s", claims.SkypeID, user)
	}
	var both struct {
		Token string
		User  struct{ CommunicationUserID string }
	}
	a.do("createUserAndToken", values{"scopes": []string{"voip", "chat"}}, &both)
	if both.Token == "" || both.User.CommunicationUserID == user {
		t.Errorf("createUserAndToken gave %+v", both)
	}
	a.do("revokeTokens", values{"user": user}, nil)
	a.do("deleteUser", values{"user": user}, nil)
	if err := a.try("getToken", values{"user": user, "scopes": []string{"voip"}}, nil); err == nil {
		t.Error("a deleted user gets tokens")
	}
}

func (a *agent) createUser() string {
	a.t.Helper()
	var user struct{ CommunicationUserID string }
	a.do("createUser", nil, &user)
	return user.CommunicationUserID
}

// pair is two applications, and the identity that the second one answers for.
func pair(t *testing.T) (first, second *agent, identity string) {
	t.Helper()
	p := start(t, setup{})
	second = startAgent(p, application{})
	identity = second.createUser()
	first = startAgent(p, application{identity: second.createUser()})
	p.subscribe("second", second.url+"/events", "--subject-ends-with", "/recipient/"+identity)
	return first, second, identity
}

// TestApplicationCallsAnIdentity: another application is the other end of the call.
func TestApplicationCallsAnIdentity(t *testing.T) {
	t.Parallel()
	first, second, identity := pair(t)

	t.Run("and is answered", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		c := first.create(values{"target": identity, "operationContext": "hello"})
		d := second.answer(second.nextIncoming(0))
		up, there := c.got("CallConnected"), d.got("CallConnected")
		if up.ServerCallID != there.ServerCallID || up.CorrelationID != there.CorrelationID || up.OperationContext != "hello" {
			t.Errorf("the two ends are %+v and %+v", up, there)
		}
		for _, side := range []connection{c, d} {
			if roster := side.got("ParticipantsUpdated"); len(roster.Participants) != 2 {
				t.Errorf("ParticipantsUpdated is %+v", roster.Participants)
			}
		}
		c.do("hangUp", values{"forEveryone": true}, nil)
		if why := c.ended(); why.SubCode != 7000 {
			t.Errorf("who hung up gets %v", why)
		}
		if why := d.ended(); why.SubCode != 5001 {
			t.Errorf("the other one gets %v", why)
		}
	})
	t.Run("and what it sends is recognised", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		c := first.create(values{"target": identity})
		incoming := second.nextIncoming(1)
		d := second.answer(incoming)
		c.got("CallConnected")
		d.got("CallConnected")
		d.do("recognizeDtmf", values{"target": incoming.Data.From.RawID, "maxTones": 2, "operationContext": "keys"}, nil)
		c.do("sendDtmf", values{"target": identity, "tones": []string{"seven", "eight"}}, nil)
		if tones := d.gotFor("keys", "RecognizeCompleted").DtmfResult.Tones; strings.Join(tones, " ") != "seven eight" {
			t.Errorf("recognised %v", tones)
		}
		d.do("hangUp", values{"forEveryone": true}, nil)
		c.ended()
		d.ended()
	})
	t.Run("and is rejected", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		c := first.create(values{"target": identity, "operationContext": "no"})
		second.do("reject", values{"context": second.nextIncoming(2).Data.IncomingCallContext, "reason": "busy"}, nil)
		c.failed("no", func(r *result) bool { return r.Code == 200 && r.SubCode == 5002 })
	})
}

// nextIncoming is the nth IncomingCall, from 0. It may come with the first retry.
func (a *agent) nextIncoming(n int) envelope {
	a.t.Helper()
	eventually(a.t, 30*time.Second, "IncomingCall", func() bool { return len(a.all(isIncoming)) > n })
	return a.all(isIncoming)[n].Raw[0]
}

// TestIdentityRingsForThirtySeconds: nobody answers, and after half a minute
// nobody can.
func TestIdentityRingsForThirtySeconds(t *testing.T) {
	t.Parallel()
	first, second, identity := pair(t)
	began := time.Now()
	c := first.create(values{"target": identity, "operationContext": "ring"})
	incoming := second.nextIncoming(0)
	first.waitFor(45*time.Second, "the end of the ringing", func(e event) bool { return c.own(e) && e.kind() == "CallDisconnected" })
	if rang := time.Since(began); rang < 29*time.Second {
		t.Errorf("it rang for %v", rang)
	}
	c.failed("ring", func(r *result) bool { return r.Code == 487 && r.SubCode == 10004 })
	err := second.try("answer", values{"context": incoming.Data.IncomingCallContext, "callback": second.url + "/callbacks"}, nil)
	if err == nil {
		t.Error("the call can be answered when it has stopped ringing")
	}
}
