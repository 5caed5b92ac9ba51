package rest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestRefusedValuesAreNamed: who sends an identifier that is none is told where it stands.
func TestRefusedValuesAreNamed(t *testing.T) {
	type inner struct {
		Target *Identifier `json:"targetParticipant"`
	}
	type request struct {
		Targets  []Identifier `json:"targets"`
		CallerID Phone        `json:"sourceCallerIdNumber"`
		Source   User         `json:"source"`
		Options  *inner       `json:"recognizeOptions"`
	}
	for body, want := range map[string]string{
		`{"targets":[{"rawId":"4:+1555"},{}]}`:                                                       "targets[1]: an identifier needs a rawId",
		`{"targets":[{"phoneNumber":{"value":"+1 (555) 123-0001"}}]}`:                                `targets[0]: phoneNumber.value "+1 (555) 123-0001" is not a phone number in E.164 form`,
		`{"targets":[{"phoneNumber":{"value":"tel:+15551230001"}}]}`:                                 `targets[0]: phoneNumber.value "tel:+15551230001" is not a phone number in E.164 form`,
		`{"targets":[{"kind":"phoneNumber","phoneNumber":{}}]}`:                                      `targets[0]: phoneNumber.value "" is not a phone number in E.164 form`,
		`{"targets":[{"communicationUser":{"id":" "}}]}`:                                             `targets[0]: communicationUser.id " " is not a user id`,
		`{"x":{"targets":1},"SOURCECALLERIDNUMBER":{"value":"x y"}}`:                                 `sourceCallerIdNumber: "x y" is not a phone number`,
		`{"source":{"id":"bob"},"targets":[{}]}`:                                                     `source: "bob" is not a user id`,
		`{"targets":null,"recognizeOptions":{"targetParticipant":{"communicationUser":{"id":"b"}}}}`: `recognizeOptions.targetParticipant: communicationUser.id "b"`,
	} {
		_, err := Decode[request](httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)))
		var at *fieldError
		if err == nil || !strings.HasPrefix(err.Error(), want) || !errors.As(err, &at) || !strings.HasPrefix(want, at.name+":") {
			t.Errorf("%s: %v, about %v", body, err, at)
		}
	}
	if _, err := Decode[Identifier](httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{}`))); err == nil || !strings.HasPrefix(err.Error(), "an identifier") {
		t.Errorf("the body itself: %v", err)
	}
}
