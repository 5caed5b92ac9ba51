package eventgrid

import "testing"

const (
	alice = "8:acs:bc360ba8-d29b-4ef2-b698-769ebef85521_0000000c-1fb9-4878-07fd-0848220077e1"
	bob   = "8:acs:bc360ba8-d29b-4ef2-b698-769ebef85521_0000000c-1fb9-27cc-07fd-0848220077d8"
)

func TestFilterTakes(t *testing.T) {
	incoming := event{kind: typeIncomingCall, subject: "/caller/4:+15551230001/recipient/" + alice}
	started := event{kind: typeCallStarted, subject: "call/aGVsbG8/startedBy/" + alice}
	for _, row := range []struct {
		name   string
		filter Filter
		event  event
		want   bool
	}{
		{"nothing asked takes all", Filter{}, incoming, true},
		{"type listed", Filter{Types: []string{typeIncomingCall}}, incoming, true},
		{"one of several types", Filter{Types: []string{typeCallEnded, typeCallStarted}}, started, true},
		{"type not listed", Filter{Types: []string{typeCallStarted}}, incoming, false},
		{"type in other case is another type", Filter{Types: []string{"microsoft.communication.incomingcall"}}, incoming, false},
		{"prefix", Filter{SubjectBegins: "/caller/4:+1555"}, incoming, true},
		{"prefix without its slash", Filter{SubjectBegins: "caller/"}, incoming, false},
		{"prefix of a subject without a slash", Filter{SubjectBegins: "call/"}, started, true},
		{"prefix with a slash that the subject lacks", Filter{SubjectBegins: "/call/"}, started, false},
		{"prefix in other case", Filter{SubjectBegins: "/CALLER/4:"}, incoming, true},
		{"prefix in other case, sensitive", Filter{SubjectBegins: "/CALLER/4:", CaseSensitive: true}, incoming, false},
		{"prefix in same case, sensitive", Filter{SubjectBegins: "/caller/4:", CaseSensitive: true}, incoming, true},
		{"suffix", Filter{SubjectEnds: alice}, incoming, true},
		{"suffix of somebody else", Filter{SubjectEnds: bob}, incoming, false},
		{"suffix that stands before the end", Filter{SubjectEnds: "0848220077e"}, incoming, false},
		{"prefix that stands after the beginning", Filter{SubjectBegins: "4:+1555"}, incoming, false},
		{"suffix in other case", Filter{SubjectEnds: "0848220077E1"}, incoming, true},
		{"suffix in other case, sensitive", Filter{SubjectEnds: "0848220077E1", CaseSensitive: true}, incoming, false},
		{"both", Filter{SubjectBegins: "/caller/", SubjectEnds: alice}, incoming, true},
		{"prefix holds, suffix does not", Filter{SubjectBegins: "/caller/", SubjectEnds: bob}, incoming, false},
		{"subject holds, type does not", Filter{Types: []string{typeCallStarted}, SubjectBegins: "/caller/"}, incoming, false},
		{"longer than the subject", Filter{SubjectBegins: incoming.subject + "x"}, incoming, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := row.filter.compile(false)
			p := newPublication(row.event, testTopic)
			if got, _ := m.takes(&p.asked); got != row.want {
				t.Errorf("%+v takes %s %s: %v, want %v", row.filter, row.event.kind, row.event.subject, got, row.want)
			}
		})
	}
}
