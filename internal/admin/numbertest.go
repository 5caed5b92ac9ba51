package admin

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/rest"
)

// Paths by which people ask what would become of a call.
const (
	numberTestPath = NumbersPath + "/test"
	guardsPath     = "/admin/guards"
)

// NumberTest is what would become of a call to a number, by whoever asks.
type NumberTest struct {
	Number    string        `json:"number"` // as it would be dialled
	Owned     bool          `json:"owned"`  // an application is asked, and no trunk
	CallerID  string        `json:"callerId,omitempty"`
	Emergency bool          `json:"emergency,omitempty"`
	Refusal   string        `json:"refusal,omitempty"` // why there would be no call
	Limits    []string      `json:"limits,omitempty"`  // guards that count it
	Trunks    []TestedTrunk `json:"trunks"`            // that would be tried
}

// TestedTrunk is one trunk of the number's route.
type TestedTrunk struct {
	Name    string   `json:"name"`
	State   string   `json:"state"` // as in TrunkState
	Refusal string   `json:"refusal,omitempty"`
	Limits  []string `json:"limits,omitempty"`
}

// testNumber answers GET /admin/numbers/test?number=…&callerId=…. Nothing is counted.
func (a *API) testNumber(w http.ResponseWriter, r *http.Request) error {
	to, err := identifier.Phone(r.URL.Query().Get("number"))
	if err != nil {
		return rest.Field("number", fault.Invalid("number is not a phone number such as +4930123456"))
	}
	asked := permit.Request{By: permit.Asker(rest.Sender(r.Context())), To: to}
	from := r.URL.Query().Get("callerId")
	if owned := a.Owned(); from == "" && len(owned) > 0 {
		from = owned[0]
	}
	if asked.From, err = identifier.Phone(from); from != "" && err != nil {
		return rest.Field("callerId", fault.Invalid("callerId is not a phone number such as +15550100001"))
	}
	judged := a.Permits.Explain(asked)
	answer := NumberTest{Number: judged.Number, Owned: a.Numbers.Owns(judged.Number), CallerID: from, Trunks: []TestedTrunk{}}
	if answer.Owned {
		return rest.WriteJSON(w, http.StatusOK, answer)
	}
	answer.Emergency, answer.Refusal, answer.Limits = judged.Emergency, judged.Refusal, judged.Limits
	states := map[string]string{}
	for _, t := range a.Trunks.Trunks() {
		states[t.Name] = a.trunkState(t).State
	}
	for _, t := range judged.Trunks {
		answer.Trunks = append(answer.Trunks, TestedTrunk{Name: t.Name, State: states[t.Name], Refusal: t.Refusal, Limits: t.Limits})
	}
	return rest.WriteJSON(w, http.StatusOK, answer)
}

// Guard is a rule about calls that cost money, in words.
type Guard struct {
	Name    string `json:"name"`
	Rule    string `json:"rule"`
	Refused uint64 `json:"refused"` // calls, since the start
}

func (a *API) listGuards(w http.ResponseWriter, _ *http.Request) error {
	list, refused := listOf[Guard]{[]Guard{}}, a.Permits.Refused()
	for _, g := range a.Permits.Guards() {
		list.Value = append(list.Value, Guard{g.Name, g.Rule(), refused[g.Name]})
	}
	return rest.WriteJSON(w, http.StatusOK, list)
}
