package e2e

import (
	"testing"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// helpers are what the pages below look at calls with.
const helpers = `
	globalThis.follow = (call) => {
		const told = [];
		call.on("stateChanged", () => told.push(call.state));
		return told;
	};
	globalThis.code = (does) => Promise.resolve().then(does).then(() => "", (error) => error.code + "/" + error.subCode);
	globalThis.reason = (call) => call.callEndReason && call.callEndReason.code + "/" + call.callEndReason.subCode;
	globalThis.context = {userToUser: "00C8", voipHeaders: [{key: "voip-key-1", value: "voip-value-1"}], sipHeaders: [{key: "sip-key-1", value: "sip-value-1"}]};
	globalThis.headers = ({customContext: {userToUser, sipHeaders, voipHeaders}}) => [userToUser, ...[...sipHeaders, ...voipHeaders].map(({key, value}) => key + "=" + value)].join();
	globalThis.known = (name) => call.remoteParticipants.find(({displayName}) => displayName === name);`

// asks runs code of a page that returns a text.
func (x *tab) asks(want, code string, arguments ...any) {
	x.t.Helper()
	if got := x.text(code, arguments...); got != want {
		x.t.Errorf("tab %s: %q, want %q: %s", x.name, got, want, code)
	}
}

// contextAsRead is the context of these calls, as headers reads it.
const contextAsRead = "00C8,X-MS-Custom-sip-key-1=sip-value-1,voip-key-1=voip-value-1"

// callsWithContext begins a call to a user and follows its states.
func (x *tab) callsWithContext(user string) {
	x.t.Helper()
	x.run(`globalThis.call = agent.startCall([{communicationUserId: %s}], {customContext: context}); globalThis.told = follow(call); if (call.state !== "None" || agent.calls[0] !== call) throw new Error(call.state)`, user)
}

// joinsGroup joins a group and follows the states of the call.
func (x *tab) joinsGroup(group string) {
	x.t.Helper()
	x.run(`globalThis.call = agent.join({groupId: %s}); globalThis.told = follow(call)`, group)
}

// quickStarts are the pages of three users, and a phone elsewhere.
type quickStarts struct {
	a                    *agent
	phone                *siptest.Phone
	ada, bob, eve, group string
	first, second, third *tab
}

func newQuickStarts(t *testing.T) *quickStarts {
	t.Helper()
	phone, port := newFarPhone(t)
	a := startAgent(start(t, setup{trunk: port}), application{})
	b := startBrowsers(t)
	q := &quickStarts{
		a: a, phone: phone, ada: a.createUser(), bob: a.createUser(), eve: a.createUser(), group: uuid.NewString(),
		first: b.open("ada", firstPitch), second: b.open("bob", secondPitch), third: b.open("eve", 1300),
	}
	q.first.agent(a, q.ada, "Ada")
	q.second.agent(a, q.bob, "Bob")
	q.third.agent(a, q.eve, "Eve")
	for _, x := range []*tab{q.first, q.second, q.third} {
		x.run(helpers)
	}
	return q
}

// with are the tabs in a subtest.
func (q *quickStarts) with(t testing.TB) (first, second, third *tab) {
	return q.first.with(t), q.second.with(t), q.third.with(t)
}

// TestQuickStartsOfPages: what pages of the calling SDK's quick starts do, in the order in
// which they may: calls of two that become groups, mutes and holds at odd moments, calls
// that nobody takes, agents that come and go, tokens of every kind.
func TestQuickStartsOfPages(t *testing.T) {
	t.Parallel()
	q := newQuickStarts(t)
	t.Run("a call of two", q.callOfTwo)
	t.Run("a hold by both", q.holdByBoth)
	t.Run("becomes a group, with a phone", q.becomesAGroup)
	t.Run("calls that nobody takes", q.nobodyTakesIt)
	t.Run("a phone that is heard before it answers", q.phoneIsHeardEarly)
	t.Run("an invitation that is called off", q.invitationIsCalledOff)
	t.Run("agents that come and go", q.agentsComeAndGo)
	t.Run("tokens that are not good", q.tokensThatAreNotGood)
	t.Run("a microphone that is refused", q.microphoneIsRefused)
	for _, x := range []*tab{q.first, q.second, q.third} {
		x.noErrors()
	}
}
