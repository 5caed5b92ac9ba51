package callautomation

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// dialects are how the SDKs write the same body: $PHONE, $CALLER and $USER stand
// for identifiers. T is the request, whose optional members some SDKs write as
// null where the application gives none.
func dialects[T any](t *testing.T, body string) map[string]string {
	t.Helper()
	write := func(phone, caller, user string) string {
		return strings.NewReplacer("$PHONE", phone, "$CALLER", caller, "$USER", user).Replace(body)
	}
	python := write(`{"rawId": "4:+15551230001", "phoneNumber": {"value": "+15551230001"}}`, `{"value": "+15550100001"}`,
		`{"rawId": "`+aUser+`", "communicationUser": {"id": "`+aUser+`"}}`)
	return map[string]string{
		"JavaScript": write(`{"kind":"phoneNumber","rawId":"4:+15551230001","phoneNumber":{"value":"+15551230001","isAnonymous":false}}`,
			`{"value":"+15550100001","isAnonymous":false}`, `{"kind":"communicationUser","rawId":"`+aUser+`","communicationUser":{"id":"`+aUser+`"}}`),
		"Python": python,
		"Python with nulls": withNulls[T](t, write(
			`{"rawId": "4:+15551230001", "kind": null, "communicationUser": null, "phoneNumber": {"value": "+15551230001", "isAnonymous": null, "assertedId": null}, "microsoftTeamsUser": null, "microsoftTeamsApp": null}`,
			`{"value": "+15550100001"}`, `{"rawId": "`+aUser+`", "kind": null, "communicationUser": {"id": "`+aUser+`"}, "phoneNumber": null}`)),
		".NET": strings.ReplaceAll(write(`{"kind":"phoneNumber","rawId":"4:+15551230001","phoneNumber":{"value":"+15551230001"}}`, `{"value":"+15550100001"}`,
			`{"kind":"communicationUser","rawId":"`+aUser+`","communicationUser":{"id":"`+aUser+`"}}`), "+", `\u002B`),
		"Java": write(`{"kind":"phoneNumber","rawId":"4:+15551230001","phoneNumber":{"value":"+15551230001"}}`, `{"value":"+15550100001"}`,
			`{"kind":"communicationUser","rawId":"`+aUser+`","communicationUser":{"id":"`+aUser+`"}}`),
		"an SDK to come": strings.Replace(python, "{", `{"memberOfTomorrow": {"x": [1]}, `, 1),
	}
}

// withNulls adds the members that a body leaves out.
func withNulls[T any](t *testing.T, body string) string {
	t.Helper()
	var given map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &given); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	for field := range reflect.TypeFor[T]().Fields() {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); given[name] == nil {
			given[name] = json.RawMessage("null")
		}
	}
	all, err := json.Marshal(given)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

// same asks that every SDK's body is read as the same request.
func same[T, R any](read func(T) (R, error), body string) func(*testing.T) {
	return func(t *testing.T) {
		var first any
		for sdk, text := range dialects[T](t, body) {
			request, err := decode[T](t, text)
			if err != nil {
				t.Fatalf("%s: %v\n%s", sdk, err, text)
			}
			got, err := read(request)
			if err != nil {
				t.Fatalf("%s: %v\n%s", sdk, err, text)
			}
			if first == nil {
				first = got
			}
			if !reflect.DeepEqual(first, any(got)) {
				t.Errorf("%s is read as\n%+v, another as\n%+v", sdk, got, first)
			}
			if reflect.ValueOf(got).IsZero() {
				t.Errorf("%s is read as nothing", sdk)
			}
		}
	}
}

// itself is for requests that a handler uses as they are.
func itself[T any](request T) (T, error) { return request, nil }

const (
	oc       = `"operationContext":"oc","operationCallbackUri":"https://app.example/cb"`
	handsOut = `"customCallingContext":{"voipHeaders":{"a":"b"},"sipHeaders":{"User-To-User":"uui","X-MS-Custom-k":"v"}}`
)

func TestBodiesOfEverySDKMeanTheSame(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"create": same(func(r createCallRequest) (any, error) { return r.create("2026-03-12") },
			`{"targets":[$PHONE,$USER],"sourceCallerIdNumber":$CALLER,"sourceDisplayName":"Desk","callbackUri":"https://app.example/cb","operationContext":"oc",`+handsOut+`}`),
		"answer":   same(itself[answerCallRequest], `{"incomingCallContext":"ctx","callbackUri":"https://app.example/cb","operationContext":"oc"}`),
		"redirect": same(itself[redirectCallRequest], `{"incomingCallContext":"ctx","target":$USER,`+handsOut+`}`),
		"reject":   same(itself[rejectCallRequest], `{"incomingCallContext":"ctx","callRejectReason":"busy"}`),
		"connect":  same(itself[connectRequest], `{"callLocator":{"kind":"serverCallLocator","serverCallId":"c2VydmVy"},"callbackUri":"https://app.example/cb","operationContext":"oc"}`),
		"add": same(addParticipantRequest.add,
			`{"participantToAdd":$PHONE,"sourceCallerIdNumber":$CALLER,"sourceDisplayName":"Desk","invitationTimeoutInSeconds":30,`+oc+`,`+handsOut+`}`),
		"cancel add":           same(itself[cancelAddParticipantRequest], `{"invitationId":"inv",`+oc+`}`),
		"transfer":             same(transferRequest.transfer, `{"targetParticipant":$PHONE,"transferee":$USER,"sourceCallerIdNumber":$CALLER,`+oc+`,`+handsOut+`}`),
		"remove":               same(itself[removeParticipantRequest], `{"participantToRemove":$PHONE,`+oc+`}`),
		"mute":                 same(itself[muteParticipantsRequest], `{"targetParticipants":[$USER],"operationContext":"oc"}`),
		"move":                 same(moveParticipantsRequest.move, `{"targetParticipants":[$PHONE],"fromCall":"cc2",`+oc+`}`),
		"send tones":           same(sendDtmfTonesRequest.send, `{"tones":["one","pound"],"targetParticipant":$PHONE,`+oc+`}`),
		"hold":                 same(holdRequest.hold, `{"targetParticipant":$PHONE,"playSourceInfo":{"kind":"file","file":{"uri":"https://app.example/p.wav"}},`+oc+`}`),
		"unhold, listen, stop": same(itself[targetRequest], `{"targetParticipant":$PHONE,`+oc+`}`),
		"play": same(playRequest.play,
			`{"playSources":[{"kind":"file","file":{"uri":"https://app.example/p.wav"}}],"playTo":[$PHONE],"interruptCallMediaOperation":false,"playOptions":{"loop":true},`+oc+`}`),
	} {
		t.Run(name, test)
	}
}
