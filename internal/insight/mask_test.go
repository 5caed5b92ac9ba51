package insight

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestSecretsOfBodiesAreMasked(t *testing.T) {
	for _, test := range []struct{ body, want string }{
		{`{"callbackUri":"https://app.example/cb?code=abc","x":1.50}`, `{"callbackUri":"https://app.example/cb?code=***","x":1.50}`},
		{`{"incomingCallContext":"aaa.bbb.ccc"}`, `{"incomingCallContext":"***"}`},
		{`[{"data":{"accessKey":"abc","nested":[{"Token":"t"}]}}]`, `[{"data":{"accessKey":"***","nested":[{"Token":"***"}]}}]`},
		{`{"url":"https://user:pass@app.example/"}`, `{"url":"https://%2A%2A%2A@app.example/"}`},
		{`{"password":"abc","ur`, `{"password":"***"}…`}, // cut off
		{`{"url":"https://a.example/?sig=abc`, `{}…`},
		{`{"to\u006ben":"abc","x":{"text":"as far as \u12`, `{"token":"***","x":{"text":"as far as "}}…`},
		{`[{"u":"https:\/\/h\/?sig=abc"},["https://u:abc@h/","https://h/","https://u:abc`, `[{"u":"https://h/?sig=***"},["https://%2A%2A%2A@h/","https://h/"]]…`},
		{`{"` + strings.Repeat("very", 20) + `LongToken":"abc","n":12`, `{"` + strings.Repeat("very", 20) + `LongToken":"***"}…`},
		{`{"key":"abc\`, `{"key":"***"}…`},
		{`{"a":["as far as`, `{"a":["as far as"]}…`},
		{`[{"a":"b"}`, `[{"a":"b"}]…`},
		{`{"a":"who? me@home","é":"x"}`, `{"a":"who? me@home","é":"x"}`}, {`{"a":"who? me@home"}`, `{"a":"who? me@home"}`},
		{`key=abc&x=y`, ``}, // no JSON
		{`{'incomingCallContext': 'abc'}`, ``}, {`{token: abc}`, ``}, {`{"a":1,}`, ``}, {`}`, ``},
		{"{ \"b\": 1, \"aKey\" :\t\"s\", \"a\": [\"https://h/?c=d\", \"key\"] }", "{ \"b\": 1, \"aKey\" :\t\"***\", \"a\": [\"https://h/?c=***\", \"key\"] }"}, // as it was sent
		{`{"token":["a",{"b":"c"}],"key":7,"x":"y"}`, `{"token":["a",{"b":"c"}],"key":7,"x":"y"}`},
		{`{"to\u006ben":"abc"}`, `{"token":"***"}`},
		{``, ``},
	} {
		if got := maskBody([]byte(test.body)); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.body, got, test.want)
		}
	}
}

// TestBodiesThatAreKeptHaveNoSecret: what a glance passes is kept as it was sent.
func TestBodiesThatAreKeptHaveNoSecret(t *testing.T) {
	for _, body := range []string{`{"token": "SECRET"}`, `{'token': 'SECRET'}`, `{token: SECRET}`, `{"tok\u0065n":"SECRET`, `["wss://h/?code=SECRET"`} {
		if kept := withoutSecrets([]byte(body)); strings.Contains(string(kept), "SECRET") {
			t.Errorf("%s is kept as %s", body, kept)
		}
	}
}

// TestWhatHasNoSecretIsSeenAtAGlance: it is kept without a further look.
func TestWhatHasNoSecretIsSeenAtAGlance(t *testing.T) {
	for _, body := range []string{`{"operationContext":"a","targets":[{"rawId":"4:+15550100001"}]}`, ` [{"a":"key"}]`} {
		if mayBodyBeSecret([]byte(body)) {
			t.Errorf("%s may be secret", body)
		}
	}
	if message := "OPTIONS sip:a@b SIP/2.0\r\nAccept: a\r\nInfo: i\r\n\r\n"; maySIPBeSecret([]byte(message)) {
		t.Errorf("%q may be secret", message)
	}
}

const secretMessage = "INVITE sip:a@b SIP/2.0\r\nCall-ID: 1\r\nProxy-Authorization: Digest username=\"u\", realm=\"r\", nonce=\"n\",\r\n response=\"SECRET1\", cnonce=\"SECRET2\"\r\nauthorization : Basic SECRET3\r\nContent-Type: application/sdp\r\n\r\nm=audio 1 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:SECRET4+/=|2^20\r\n"

func TestSecretsOfSIPAreMasked(t *testing.T) {
	got := string(maskSIP([]byte(secretMessage)))
	if strings.Contains(got, "SECRET") {
		t.Errorf("a secret is left:\n%s", got)
	}
	for _, kept := range []string{`username="u"`, `nonce="n"`, `response="***"`, "AES_CM_128", "Call-ID: 1"} {
		if !strings.Contains(got, kept) {
			t.Errorf("%s is gone:\n%s", kept, got)
		}
	}
}

func TestFieldsAreFoundInEveryForm(t *testing.T) {
	for _, text := range []string{"X\r\nCall-ID: a b\r\n\r\n", "X\r\nVia: x\r\ni:a b\r\n\r\n", "X\nCALL-id \t:  a b \n\n", "X\r\nCseq: 1\r\nCall-Info: n\r\nCall-ID: a b\r\n"} {
		if got := string(fieldOf([]byte(text), "call-id", "i")); got != "a b" {
			t.Errorf("%q: got %q", text, got)
		}
	}
	if got := fieldOf([]byte("X\r\nVia: x\r\n\r\nCall-ID: body\r\n"), "call-id", "i"); got != nil {
		t.Errorf("a field in the body was read: %q", got)
	}
}

func FuzzSIPMessage(f *testing.F) {
	f.Add([]byte(secretMessage))
	f.Add(invite(aCallID))
	f.Add([]byte("SIP/2.0 200"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m := sipMessage{text: text}
		_, line, _ := m.line()
		_ = clean(line, maxLine)
		m.more()
		statusOf(text)
		codecsOf(text)
		partyOf(fieldOf(text, "from", "f"))
		if masked := maskSIPSecrets(text); !bytes.Equal(maskSIP(text), masked) || !bytes.Equal(maskSIP(masked), masked) {
			t.Errorf("%q is masked as %q, and %q", text, maskSIP(text), maskSIP(maskSIP(text)))
		}
		if len(maskSIP(text)) > 4*len(text)+64 {
			t.Error("masking makes much of little")
		}
	})
}

// sameJSON compares what two texts mean.
func sameJSON(a, b string) bool {
	return normalJSON(a) == normalJSON(b)
}

func normalJSON(text string) string {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return err.Error()
	}
	normal, _ := json.Marshal(value)
	return string(normal)
}

func FuzzBody(f *testing.F) {
	f.Add([]byte(`{"accessKey":"abc","url":"https://a/?b=c"}`))
	f.Add([]byte(`{"password":"abc`))
	f.Add([]byte(`{"acce\u0073sKey" : "abc"}`))
	f.Add([]byte("{\"pa\u017f\u017fword\":\"abc\",\"to\u212aen\":\"abc\"}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		if got := maskBody(body); len(got) > maxBody+4 || bytes.Contains([]byte(got), []byte{0xff}) {
			t.Errorf("%d bytes", len(got))
		}
		if !mayBodyBeSecret(body) && strings.Count(maskBody(body), mask) > bytes.Count(body, []byte(mask)) {
			t.Errorf("%q has a secret, which a glance does not see", body)
		}
		if masked, is := maskPlainJSON(body); is && len(body) < maxBody/2 && !sameJSON(string(masked), maskAnyJSON(body)) {
			t.Errorf("%q is %s where it is left as it was sent, and %s where it is read", body, masked, maskAnyJSON(body))
		}
	})
}
