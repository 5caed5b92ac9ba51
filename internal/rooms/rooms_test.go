package rooms

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/auth/authtest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
)

const (
	resource = "5e8b1c5e-0000-4000-8000-000000000001"
	john     = "8:acs:" + resource + "_00000000-0000-4000-8000-000000000001"
	chris    = "8:acs:" + resource + "_00000000-0000-4000-8000-000000000002"
	fred     = "8:acs:" + resource + "_00000000-0000-4000-8000-000000000003"
	foreign  = "8:acs:5e8b1c5e-0000-4000-8000-000000000002_00000000-0000-4000-8000-000000000001"
)

// fixture is the API on a router, with a clock that stands until it is moved.
type fixture struct {
	*API
	*testing.T
	router *rest.Router
	keys   *auth.Keys
	now    time.Time
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{T: t, now: time.Date(2026, 11, 20, 13, 4, 0, 123456789, time.UTC)}
	var err error
	if f.keys, err = auth.NewKeys(auth.NewKey(), auth.NewKey()); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return f.now }
	if f.API, err = New(Config{Resource: resource, Store: store.InMemory(), Now: now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	f.router = rest.New(rest.Config{Auth: auth.NewAuthenticator(auth.Config{Keys: f.keys, Now: now}), Now: now, Log: slog.New(slog.DiscardHandler)})
	f.Register(f.router)
	return f
}

// send sends a request and decodes the answer, which has to have a status.
func (f *fixture) send(method, path, body string, status int, into any) string {
	f.Helper()
	if !strings.Contains(path, "api-version") {
		path += "?api-version=2025-03-13"
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "localhost:8443"
	r.Header.Set("Content-Type", "application/json")
	if err := authtest.Sign(r, []byte(body), f.keys.Get(auth.Primary).Base64(), f.now); err != nil {
		f.Fatal(err)
	}
	w := httptest.NewRecorder()
	f.router.ServeHTTP(w, r)
	if w.Code != status {
		f.Fatalf("%s %s: got %d %s, want %d", method, path, w.Code, w.Body, status)
	}
	if into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			f.Fatal(err)
		}
	}
	return w.Body.String()
}

type shown struct {
	ID                               string
	CreatedAt, ValidFrom, ValidUntil string
	PSTNDialOutEnabled               *bool
}

func (f *fixture) make(body string) (made shown) {
	f.Helper()
	f.send("POST", "/rooms", body, 201, &made)
	return made
}

func (f *fixture) participants(id string) string {
	f.Helper()
	var got struct{ Value []Participant }
	f.send("GET", "/rooms/"+id+"/participants", "", 200, &got)
	var all []string
	for _, p := range got.Value {
		all = append(all, p.ID[len(p.ID)-1:]+string(p.Role))
	}
	return strings.Join(all, " ")
}

func TestRoomLivesAsLongAsItIsValid(t *testing.T) {
	f := newFixture(t)
	made := f.make(`{"validFrom":null,"validUntil":null}`)
	if len(made.ID) != 17 || made.CreatedAt != "2026-11-20T13:04:00.123456+00:00" || made.ValidFrom != made.CreatedAt || made.ValidUntil != "2027-05-19T13:04:00.123456+00:00" || *made.PSTNDialOutEnabled {
		t.Errorf("got %+v", made)
	}
	var got shown
	f.send("GET", "/rooms/"+made.ID, "", 200, &got)
	if got.ID != made.ID || got.ValidUntil != made.ValidUntil {
		t.Errorf("got %+v", got)
	}
	f.now = f.now.Add(180 * 24 * time.Hour)
	f.send("GET", "/rooms/"+made.ID, "", 404, nil)
	f.send("PATCH", "/rooms/"+made.ID, `{"validUntil":"2027-06-01T00:00:00Z"}`, 404, nil)
	var list struct{ Value []shown }
	f.send("GET", "/rooms", "", 200, &list)
	if list.Value == nil || len(list.Value) != 0 {
		t.Errorf("an expired room is listed: %+v", list)
	}
}

// TestTimesHaveTheResolutionOfDotNET: an application compares a room's times with its own,
// which in .NET have steps of 100 ns.
func TestTimesHaveTheResolutionOfDotNET(t *testing.T) {
	f := newFixture(t)
	for _, test := range []struct{ given, shown string }{
		{"2026-12-05T21:19:48.6476651+00:00", "2026-12-05T21:19:48.6476651+00:00"},
		{"2026-12-05T21:19:48.6476650Z", "2026-12-05T21:19:48.647665+00:00"},
		{"2026-12-05T21:19:48.6476000Z", "2026-12-05T21:19:48.647600+00:00"},
		{"2026-12-05T21:19:48.647665099Z", "2026-12-05T21:19:48.647665+00:00"},
		{"2026-12-05T23:19:48+02:00", "2026-12-05T21:19:48.000000+00:00"},
	} {
		made := f.make(`{"validFrom":"` + test.given + `","validUntil":"2026-12-20T00:00:00.0000001Z"}`)
		if made.ValidFrom != test.shown || made.ValidUntil != "2026-12-20T00:00:00.0000001+00:00" {
			t.Errorf("%s: made %+v", test.given, made)
		}
		var got shown
		f.send("GET", "/rooms/"+made.ID, "", 200, &got)
		if got.ValidFrom != test.shown || got.ValidUntil != made.ValidUntil {
			t.Errorf("%s: read %+v", test.given, got)
		}
	}
}

// TestValidityHasTheServicesLimits: the limits and messages of the real service.
func TestValidityHasTheServicesLimits(t *testing.T) {
	const tooLong, past = "The time range is incorrect, or larger than 180 days.", "The time range end is in the past."
	const tooLate, alone = "Value is incorrect or more than 180 days in the future.", "validFrom and validUntil should be set together."
	for _, test := range []struct{ name, from, until, refused string }{
		{"four weeks from the day after tomorrow on", `"2026-11-22T00:00:00.246249Z"`, `"2026-12-20T00:00:00Z"`, ""},
		{"its beginning alone", `"2026-11-25T00:00:00Z"`, `null`, ""},
		{"its end alone", `null`, `"2026-11-21T00:00:00+02:00"`, ""},
		{"seven months", `"2026-11-22T00:00:00Z"`, `"2027-06-22T00:00:00Z"`, tooLong},
		{"180 days and a second", `"2026-11-21T00:00:00Z"`, `"2027-05-20T00:00:01Z"`, tooLong},
		{"the end before the beginning", `"2026-11-25T00:00:00Z"`, `"2026-11-24T00:00:00Z"`, tooLong},
		{"the end in the past", `"2026-11-10T00:00:00Z"`, `"2026-11-12T00:00:00Z"`, past},
		{"a beginning in 180 days", `"2027-05-19T13:04:00Z"`, `"2027-05-20T00:00:00Z"`, ""},
		{"a later beginning", `"2027-05-19T13:05:00Z"`, `"2027-05-20T00:00:00Z"`, tooLate},
		{"a later beginning alone", `"2027-05-19T13:05:00Z"`, `null`, tooLate},
		{"no time", `"tomorrow"`, `null`, "is not a time"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture(t)
			body, status := `{"validFrom":`+test.from+`,"validUntil":`+test.until+`}`, 201
			if test.refused != "" {
				status = 400
			}
			if got := f.send("POST", "/rooms", body, status, nil); !strings.Contains(got, test.refused) || status == 400 && !strings.Contains(got, `"code":"BadRequest"`) {
				t.Errorf("create: got %s", got)
			} else if detail := `"details":[{"code":"BadArgument","message":"` + test.refused + `","target":"Valid` + map[bool]string{true: "From", false: "Until"}[test.refused == tooLate] + `"}]`; status == 400 && test.from != `"tomorrow"` && !strings.Contains(got, detail) {
				t.Errorf("create: the details are not %s in %s", detail, got)
			}
			made := f.make(`{}`)
			if status == 201 {
				status = 200
			}
			refused := test.refused
			if refused != "is not a time" && (test.from == "null" || test.until == "null") { // which a room may be made with
				status, refused = 400, `"details":[{"code":"BadArgument","message":"`+alone+`"}]`
			}
			if got := f.send("PATCH", "/rooms/"+made.ID, body, status, nil); !strings.Contains(got, refused) {
				t.Errorf("update: got %s", got)
			}
		})
	}
}

func TestParticipantsAreInvitedChangedAndRemoved(t *testing.T) {
	f := newFixture(t)
	room := f.make(`{"participants":{"` + john + `":{"role":"Presenter"},"` + chris + `":{}}}`)
	if got := f.participants(room.ID); got != "1Presenter 2Attendee" {
		t.Errorf("made with %s", got)
	}
	patch := func(body string, status int) string {
		t.Helper()
		return f.send("PATCH", "/rooms/"+room.ID+"/participants", `{"participants":{`+body+`}}`, status, nil)
	}
	if got := patch(`"`+john+`":{"role":"Consumer"},"`+fred+`":{"role":"Collaborator"}`, 200); strings.TrimSpace(got) != "{}" {
		t.Errorf("answered %s", got)
	}
	if got := f.participants(room.ID); got != "1Consumer 2Attendee 3Collaborator" {
		t.Errorf("after a change %s", got)
	}
	patch(`"`+john+`":{"role":null},"`+chris+`":null`, 200)
	patch(`"`+chris+`":null`, 200) // who is not there
	if got := f.participants(room.ID); got != "1Attendee 3Collaborator" {
		t.Errorf("after a removal %s", got)
	}
	const noUser = `"message":"Communication identifier wrong_mri is not supported."`
	for refused, says := range map[string]string{
		`"wrong_mri":{"role":"Attendee"},"` + fred + `":null`: noUser,
		`"wrong_mri":null`: noUser,
		`"` + john + `":{"role":"Kafka"}`: `"details":[{"code":"BadArgument","message":"Invalid participant role. The valid roles are: Presenter, Attendee, Consumer, Collaborator.",` +
			`"target":"$.participants.` + john + `.role"}]`,
		`"` + foreign + `":{}`: "does not belong to this resource",
		`"4:+15551230001":{}`:  "Communication identifier 4:+15551230001 is not supported.",
	} {
		if got := patch(refused, 400); !strings.Contains(got, `"code":"BadRequest"`) || !strings.Contains(got, says) {
			t.Errorf("%s: got %s", refused, got)
		}
	}
	if got := f.send("POST", "/rooms", `{"participants":{"wrong_mri":{}}}`, 400, nil); !strings.Contains(got, `"message":"Invalid format for communication identifier."`) {
		t.Errorf("made with nobody: %s", got)
	}
	if got := f.participants(room.ID); got != "1Attendee 3Collaborator" {
		t.Errorf("refused changes have changed it to %s", got)
	}
}

func TestRoomHasThreeHundredAndFiftyParticipantsAtMost(t *testing.T) {
	f := newFixture(t)
	var many []string
	for n := range 350 {
		many = append(many, fmt.Sprintf(`"8:acs:%s_00000000-0000-4000-8000-%012d":{}`, resource, n))
	}
	room := f.make(`{"participants":{` + strings.Join(many, ",") + `}}`)
	f.send("PATCH", "/rooms/"+room.ID+"/participants", `{"participants":{"8:acs:`+resource+`_00000000-0000-4000-8000-000000000999":{}}}`, 400, nil)
	var nobody []string // each is looked for among all
	for n := range 701 {
		nobody = append(nobody, fmt.Sprintf(`"8:acs:%s_00000000-0000-4000-9000-%012d":null`, resource, n))
	}
	f.send("PATCH", "/rooms/"+room.ID+"/participants", `{"participants":{`+strings.Join(nobody, ",")+`}}`, 400, nil)
	f.send("PATCH", "/rooms/"+room.ID+"/participants", `{"participants":{`+strings.Join(nobody[:700], ",")+`}}`, 200, nil)
	seen := map[string]bool{}
	for next := "/rooms/" + room.ID + "/participants?api-version=2025-03-13&maxPageSize=100"; next != ""; {
		var page struct {
			Value    []Participant
			NextLink string
		}
		f.send("GET", next, "", 200, &page)
		for _, p := range page.Value {
			seen[p.ID] = true
		}
		next = relative(t, page.NextLink)
	}
	if len(seen) != 350 {
		t.Errorf("pages have %d participants", len(seen))
	}
}

func relative(t *testing.T, link string) string {
	t.Helper()
	if link == "" {
		return ""
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return u.RequestURI()
}

func TestRoomsAreListedInPages(t *testing.T) {
	f := newFixture(t)
	want := map[string]bool{}
	for n := range 75 {
		body := `{}`
		if n%3 == 0 { // these expire
			body = `{"validUntil":"2026-11-20T14:00:00Z"}`
		}
		if id := f.make(body).ID; n%3 != 0 {
			want[id] = true
		}
	}
	f.now = f.now.Add(2 * time.Hour)
	pages := 0
	for next := "/rooms?api-version=2025-03-13"; next != ""; pages++ {
		var page struct {
			Value    []shown
			NextLink string
		}
		f.send("GET", next, "", 200, &page)
		for _, room := range page.Value {
			if !want[room.ID] {
				t.Errorf("%s is listed twice, or has expired", room.ID)
			}
			delete(want, room.ID)
		}
		next = relative(t, page.NextLink)
	}
	if len(want) != 0 || pages != 2 {
		t.Errorf("%d rooms are missing in %d pages", len(want), pages)
	}
}

// TestRoomsAreListedNewestFirst, as on the service, in pages that stay right while rooms come and go.
func TestRoomsAreListedNewestFirst(t *testing.T) {
	f := newFixture(t)
	var made []string
	create := func() {
		made = append(made, f.make(`{}`).ID)
		f.now = f.now.Add(time.Second)
	}
	for range 8 {
		create()
	}
	list := func(path string) (ids []string, next string) {
		var page struct {
			Value    []shown
			NextLink string
		}
		f.send("GET", path, "", 200, &page)
		for _, room := range page.Value {
			ids = append(ids, room.ID)
		}
		return ids, relative(t, page.NextLink)
	}
	same := func(what string, got []string, want ...int) {
		t.Helper()
		var ids []string
		for _, n := range want {
			ids = append(ids, made[n])
		}
		if !slices.Equal(got, ids) {
			t.Errorf("%s are %v, of %v", what, got, made)
		}
	}
	const first = "/rooms?maxPageSize=3&api-version=2025-03-13"
	page, next := list(first)
	same("the newest", page, 7, 6, 5)
	create()
	f.send("DELETE", "/rooms/"+made[5], "", 204, nil)
	f.send("DELETE", "/rooms/"+made[4], "", 204, nil)
	page, next = list(next)
	same("the next", page, 3, 2, 1)
	page, next = list(next)
	same("the last", page, 0)
	if next != "" {
		t.Errorf("another page follows: %s", next)
	}
	page, _ = list(first)
	same("the newest now", page, 8, 7, 6)
	f.send("GET", "/rooms?skipToken=ABC&api-version=2025-03-13", "", 400, nil)
	f.send("GET", "/rooms?skipToken=MSAy&api-version=2025-03-13", "", 400, nil) // "1 2" in base64, which is made up
}

func TestDeletedRoomIsGone(t *testing.T) {
	f := newFixture(t)
	room := f.make(`{}`)
	f.send("DELETE", "/rooms/"+room.ID, "", 204, nil)
	if got := f.send("DELETE", "/rooms/"+room.ID, "", 404, nil); got != `{"error":{"code":"NotFound","message":"The server cannot find the requested resource."}}` {
		t.Errorf("deleted again: %s", got)
	}
	for _, path := range []string{"/rooms/" + room.ID, "/rooms/" + room.ID + "/participants"} {
		if got := f.send("GET", path, "", 404, nil); !strings.Contains(got, `"code":"NotFound"`) {
			t.Errorf("%s: %s", path, got)
		}
		f.send("PATCH", path, `{}`, 404, nil)
	}
	for _, id := range []string{"123", "invalid_id", "a9461213682553826"} {
		if got := f.send("DELETE", "/rooms/"+id, "", 400, nil); !strings.Contains(got, "Invalid room ID") {
			t.Errorf("%s: %s", id, got)
		}
		f.send("GET", "/rooms/"+id, "", 400, nil)
	}
	if got := f.send("GET", "/rooms/NotExistingRoomID", "", 400, nil); !strings.Contains(got, `"message":"Invalid room ID."`) {
		t.Errorf("what is as long as a room's id: %s", got)
	}
}

// TestOldVersionsDoNotKnowDialOut as their recordings show.
func TestOldVersionsDoNotKnowDialOut(t *testing.T) {
	f := newFixture(t)
	room := f.make(`{"pstnDialOutEnabled":true}`)
	var old, present shown
	f.send("GET", "/rooms/"+room.ID+"?api-version=2023-06-14", "", 200, &old)
	f.send("GET", "/rooms/"+room.ID+"?api-version=2023-10-30-preview", "", 200, &present)
	if old.PSTNDialOutEnabled != nil || present.PSTNDialOutEnabled == nil || !*present.PSTNDialOutEnabled {
		t.Errorf("old %+v, present %+v", old, present)
	}
	f.send("PATCH", "/rooms/"+room.ID, `{"pstnDialOutEnabled":false}`, 200, &present)
	if *present.PSTNDialOutEnabled {
		t.Error("it did not change")
	}
}

func TestWhoMayJoin(t *testing.T) {
	f := newFixture(t)
	room := f.make(`{"validFrom":"2026-11-21T00:00:00Z","validUntil":"2026-11-22T00:00:00Z","pstnDialOutEnabled":true,"participants":{"` + john + `":{"role":"Presenter"}}}`)
	admit := func(id, who string) (Admission, Refusal) {
		t.Helper()
		user, err := identifier.Parse(who)
		if err != nil {
			t.Fatal(err)
		}
		admission, refusal, err := f.Admit(t.Context(), id, user)
		if err != nil {
			t.Fatal(err)
		}
		return admission, refusal
	}
	if _, refusal := admit(room.ID, john); refusal != NotNow {
		t.Errorf("before its time: %d", refusal)
	}
	f.now = f.now.Add(24 * time.Hour)
	if admission, refusal := admit(room.ID, john); refusal != 0 || admission.Role != Presenter || !admission.PSTNDialOut {
		t.Errorf("in its time: %+v, %d", admission, refusal)
	}
	if _, refusal := admit(room.ID, chris); refusal != NotInvited {
		t.Errorf("without an invitation: %d", refusal)
	}
	for _, id := range []string{"99000000000000000", "x"} {
		if _, refusal := admit(id, john); refusal != NoRoom {
			t.Errorf("room %s: %d", id, refusal)
		}
	}
	f.now = f.now.Add(24 * time.Hour)
	if _, refusal := admit(room.ID, john); refusal != NotNow {
		t.Errorf("after its time: %d", refusal)
	}
}
