package e2e

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// expiring is a token of a user as the server makes it, but that it ends so soon: the
// service's own are good for an hour at least.
func (p *product) expiring(token string, in time.Duration) string {
	p.t.Helper()
	claims := jwt.MapClaims{}
	read, _, err := jwt.NewParser().ParseUnverified(token, claims)
	must(p.t, err)
	text, err := os.ReadFile(filepath.Join(p.data, "signing-key.pem"))
	must(p.t, err)
	key, err := jwt.ParseRSAPrivateKeyFromPEM(text)
	must(p.t, err)
	claims["exp"] = time.Now().Add(in).Unix()
	again := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	again.Header = read.Header
	signed, err := again.SignedString(key)
	must(p.t, err)
	return signed
}

// TestTokensExpireInACall: two are in a room with tokens that expire. One has a
// tokenRefresher, and its call goes on, without a word; the other has none, and its call
// ends. Tokens that are none, and those of another resource, are refused at once.
func TestTokensExpireInACall(t *testing.T) {
	t.Parallel()
	const soon = time.Minute // both have joined before that, on a slow machine too
	p := start(t, setup{})
	a := startAgent(p, application{})
	b := startBrowsers(t)
	ada, bob := a.createUser(), a.createUser()
	var made room
	a.do("createRoom", values{"participants": []values{{"id": ada, "role": "Presenter"}, {"id": bob, "role": "Presenter"}}}, &made)
	page := b.open("both", firstPitch)
	adas, bobs, next := a.token(ada), a.token(bob), a.token(ada)
	page.run(helpers)
	page.run(`
		globalThis.asked = 0;
		const refreshed = new AzureCommunicationTokenCredential({token: %s, tokenRefresher: async () => { asked++; return %s; }});
		globalThis.client = new calling.CallClient();
		globalThis.agent = await client.createCallAgent(refreshed, {displayName: "Ada"});
		globalThis.call = agent.join({roomId: %s});
		globalThis.lines = watch(call);
		globalThis.client2 = new calling.CallClient();
		globalThis.agent2 = await client2.createCallAgent(new AzureCommunicationTokenCredential(%s), {displayName: "Bob"});
		globalThis.call2 = agent2.join({roomId: %s});
		globalThis.ends = [];
		agent2.on("connectionStateChanged", ({newValue, reason}) => ends.push(newValue + " " + reason));`,
		p.expiring(adas, soon), next, made.ID, p.expiring(bobs, soon), made.ID)
	page.until(`call.state === "Connected" && call2.state === "Connected" && call.remoteParticipants.length === 1`)
	page.run(`lines.length = 0`)

	t.Run("tokens that are none, or of another resource", func(t *testing.T) {
		other := start(t, setup{})
		theirs := startAgent(other, application{})
		page := page.with(t)
		began := time.Now()
		page.asks("401/10009 401/10009", `
			const make = (token, options) => code(() => new calling.CallClient(options).createCallAgent({getToken: async () => ({token, expiresOnTimestamp: Date.now() + 1e6}), dispose: () => {}}));
			return [await make("garbage"), await make(%s, {endpoint: %s})].join(" ")`, theirs.token(theirs.createUser()), "http://"+p.addresses.HTTP)
		if took := time.Since(began); took > patience {
			t.Errorf("the refusals took %v", took)
		}
	})
	page.until(`call2.state === "Disconnected" && reason(call2) === "495/4507"`)
	page.asks("Disconnected invalidToken", `return ends.join()`)
	page.until(`asked > 0 && call.remoteParticipants.length === 0`)
	page.run(`await call.mute()`)
	page.asks("left Bob,muted true", `return lines.join()`)
	page.asks("Connected Connected", `return call.state + " " + agent.connectionState`)
	// No token brings a user back who was deleted: nobody waits for that.
	a.do("deleteUser", values{"user": ada}, nil)
	page.until(`call.state === "Disconnected" && reason(call) === "495/4507"`)
	page.noErrors()
}
