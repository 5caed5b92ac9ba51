package history

import (
	"encoding/json"
	"time"

	"github.com/switchhook/switchhook/internal/appendjson"
)

// Attempts is the format of attempts in an archive.
var Attempts = Format[Attempt]{
	Kind: "attempts", Version: 2,
	Encode: func(a *Attempt) any { return (*storedAttempt)(a) },
	Decode: decodeAttempt,
	Time:   func(a Attempt) time.Time { return a.Time },
}

// storedAttempt is an Attempt in version 2.
type storedAttempt struct {
	Time    time.Time     `json:"time"`
	ID      string        `json:"id,omitzero"`
	Policy  string        `json:"policy,omitzero"`
	Group   string        `json:"group,omitzero"`
	Note    string        `json:"note,omitzero"`
	URL     string        `json:"url,omitzero"`
	Number  int           `json:"number,omitzero"`
	Status  int           `json:"status,omitzero"`
	Latency time.Duration `json:"latencyNanoseconds,omitzero"`
	Answer  string        `json:"answer,omitzero"`
	Error   string        `json:"error,omitzero"`
	Result  Result        `json:"result"`
	Reason  string        `json:"reason,omitzero"`
	Next    time.Time     `json:"next,omitzero"`
}

// appendJSON implements appender.
func (a *storedAttempt) appendJSON(b []byte) ([]byte, error) {
	o := appendjson.Open(b)
	o.Time("time", a.Time)
	o.SomeText("id", a.ID)
	o.SomeText("policy", a.Policy)
	o.SomeText("group", a.Group)
	o.SomeText("note", a.Note)
	o.SomeText("url", a.URL)
	o.SomeInt("number", int64(a.Number))
	o.SomeInt("status", int64(a.Status))
	o.SomeInt("latencyNanoseconds", int64(a.Latency))
	o.SomeText("answer", a.Answer)
	o.SomeText("error", a.Error)
	o.Text("result", string(a.Result))
	o.SomeText("reason", a.Reason)
	o.SomeTime("next", a.Next)
	return o.Close()
}

// attempt1 is an Attempt in version 1, whose names were those of the members.
type attempt1 struct {
	Time                         time.Time
	ID, Policy, Group, Note, URL string
	Number, Status               int
	Latency                      time.Duration
	Answer, Error                string
	Result                       Result
	Reason                       string
	Next                         time.Time
}

func decodeAttempt(version int, line *json.Decoder) (Attempt, error) {
	if version == 1 {
		var a attempt1
		err := line.Decode(&a)
		return Attempt(a), err
	}
	var a storedAttempt
	err := line.Decode(&a)
	return Attempt(a), err
}
