package sdp

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
)

const (
	suite80 = "AES_CM_128_HMAC_SHA1_80"
	suite32 = "AES_CM_128_HMAC_SHA1_32"
	// The key of RFC 4568's example.
	inline = "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"
)

func secured(security Security) Local {
	local := ours
	local.Security = security
	local.Crypto = []Crypto{{Tag: 1, Suite: AES128SHA80, Key: Key{1}}, {Tag: 2, Suite: AES128SHA32, Key: Key{2}}}
	return local
}

// TestKeysAreAgreedOn asks which offers are encrypted, with which suite, and
// what our answer says.
func TestKeysAreAgreedOn(t *testing.T) {
	for _, test := range []struct {
		name, profile, attributes string
		security                  Security
		suite, line, refused      string
	}{
		{"required of both", "RTP/SAVP", "a=crypto:1 " + suite80 + " " + inline + "|2^20\n", Required, suite80, "a=crypto:1 " + suite80 + " inline:AQAA", ""},
		{"their order counts", "RTP/SAVP", "a=crypto:7 " + suite32 + " " + inline + "\na=crypto:9 " + suite80 + " " + inline + "\n", Optional, suite32, "a=crypto:7 " + suite32 + " inline:AgAA", ""},
		{"keys beside plain RTP", "RTP/AVP", "a=crypto:1 " + suite80 + " " + inline + "\n", Optional, suite80, "m=audio 20000 RTP/AVP 0", ""},
		{"plain where it may be", "RTP/AVP", "", Optional, "", "m=audio 20000 RTP/AVP 0", ""},
		{"plain where keys are not wanted", "RTP/AVP", "a=crypto:1 " + suite80 + " " + inline + "\n", Off, "", "m=audio 20000 RTP/AVP 0", ""},
		{"plain where it must not be", "RTP/AVP", "", Required, "", "", "SRTP is required"},
		{"encrypted where it is off", "RTP/SAVP", "a=crypto:1 " + suite80 + " " + inline + "\n", Off, "", "", "not offered here"},
		{"no key at all", "RTP/SAVP", "", Optional, "", "", "none of the stream's SRTP keys"},
		{"an unknown suite", "RTP/SAVP", "a=crypto:1 F8_128_HMAC_SHA1_80 " + inline + "\n", Optional, "", "", "none of"},
		{"a key identifier", "RTP/SAVP", "a=crypto:1 " + suite80 + " " + inline + "|2^20|1:4\n", Optional, suite80, "a=crypto:1 " + suite80 + " inline:AQAA", ""},
		{"a key identifier without a lifetime", "RTP/SAVP", "a=crypto:1 " + suite80 + " " + inline + "|1:4\n", Optional, suite80, "a=crypto:1 ", ""},
		{"a key identifier without bytes", "RTP/SAVP", "a=crypto:1 " + suite80 + " " + inline + "|2^20|1:0\n", Optional, "", "", "none of"},
		{"a key identifier of too many bytes", "RTP/SAVP", "a=crypto:1 " + suite80 + " " + inline + "|1:129\n", Optional, "", "", "none of"},
		{"a key identifier that is none", "RTP/SAVP", "a=crypto:1 " + suite80 + " " + inline + "|2^20|4\n", Optional, "", "", "none of"},
		{"nothing where an identifier should be", "RTP/SAVP", "a=crypto:1 " + suite80 + " " + inline + "|2^20|\n", Optional, "", "", "none of"},
		{"two keys", "RTP/SAVP", "a=crypto:1 " + suite80 + " " + inline + ";" + inline + "\n", Optional, "", "", "none of"},
		{"without encryption", "RTP/SAVP", "a=crypto:1 " + suite80 + " " + inline + " UNENCRYPTED_SRTP\n", Optional, "", "", "none of"},
		{"a key of another suite's length", "RTP/SAVP", "a=crypto:1 AES_256_CM_HMAC_SHA1_80 " + inline + "\n", Optional, "", "", "none of"},
		{"a short key", "RTP/SAVP", "a=crypto:1 " + suite80 + " inline:AAAA\n", Optional, "", "", "none of"},
		{"a window hint", "RTP/SAVP", "a=crypto:1 " + suite80 + " " + inline + " WSH=128\n", Optional, suite80, "a=crypto:1 ", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			offer, err := Parse([]byte(phone + "m=audio 49170 " + test.profile + " 0\n" + test.attributes))
			if err != nil {
				t.Fatal(err)
			}
			text, media, err := Answer(offer, secured(test.security))
			if test.refused != "" {
				if !errors.Is(err, ErrUnacceptable) || !strings.Contains(err.Error(), test.refused) {
					t.Errorf("got %v, want %q", err, test.refused)
				}
				return
			}
			if err != nil || media.Protection.Suite.String() != test.suite || !strings.Contains(string(text), test.line) {
				t.Fatalf("%v, %+v\n%s", err, media, text)
			}
			if test.suite == "" && strings.Contains(string(text), "crypto") || test.suite != "" && (media.Protection.Receive[0] != 'Y' || media.Protection.Send[0] == 0) {
				t.Errorf("%s", text)
			}
			if want := strings.Count(test.attributes, "1:4") * 4; media.Protection.Identifier != want {
				t.Errorf("packets have an identifier of %d bytes, want %d", media.Protection.Identifier, want)
			}
		})
	}
}

// TestAnswerToOurKeysIsRead asks that both ends hold the same keys crosswise,
// whichever side is only willing.
func TestAnswerToOurKeysIsRead(t *testing.T) {
	for _, test := range []struct {
		here, there Security
		protected   bool
	}{{Required, Required, true}, {Required, Optional, true}, {Optional, Required, true}, {Optional, Off, false}, {Off, Optional, false}} {
		offer, err := Parse(Offer(secured(test.here)))
		if err != nil {
			t.Fatal(err)
		}
		theirs := Local{Address: netip.MustParseAddrPort("198.51.100.1:30000"), Codecs: []string{"PCMA"}, Security: test.there, Crypto: []Crypto{{Tag: 5, Suite: AES128SHA32, Key: Key{3}}}}
		text, there, err := Answer(offer, theirs)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		here, err := Accept(secured(test.here), answer)
		if err != nil {
			t.Fatal(err)
		}
		one, other := here.Protection, there.Protection
		if (one.Suite != Unprotected) != test.protected || one.Send != other.Receive || one.Receive != other.Send || one.Suite != other.Suite {
			t.Errorf("%v to %v: here %s, there %s", test.here, test.there, one.Suite, other.Suite)
		}
	}
}

// TestAnswerWithoutKeysIsRefusedWhereTheyAreRequired asks that nobody can talk
// us out of encryption, or name a line that we did not offer.
func TestAnswerWithoutKeysIsRefusedWhereTheyAreRequired(t *testing.T) {
	for _, lines := range []string{
		"m=audio 49170 RTP/SAVP 0\n", "m=audio 49170 RTP/AVP 0\n",
		"m=audio 49170 RTP/SAVP 0\na=crypto:2 " + suite80 + " " + inline + "\n",
		"m=audio 49170 RTP/SAVP 0\n" + Crypto{Tag: 3, Suite: AES256GCM, Key: NewKey()}.line(),
	} {
		answer, err := Parse([]byte(phone + lines))
		if err != nil {
			t.Fatal(err)
		}
		local := secured(Required)
		local.Crypto = append(local.Crypto, Crypto{Tag: 3, Suite: AES256GCM, Key: NewKey()})
		if media, err := Accept(local, answer); !errors.Is(err, ErrUnacceptable) {
			t.Errorf("%q: %v %v", lines, media.Protection.Suite, err)
		}
	}
}

// TestKeysAreNeverPrinted asks formats and logs.
func TestKeysAreNeverPrinted(t *testing.T) {
	var out strings.Builder
	key := Key([]byte("hunter2hunter2hunter2hunter2hunter2hunter2hunt"))
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "key", key, "media", Media{Protection: Protection{Send: key}})
	fmt.Fprintf(&out, "%v %+v %#v", key, Crypto{Tag: 1, Suite: AES128SHA80, Key: key}, Media{Protection: Protection{Send: key}})
	if strings.Contains(out.String(), "hunter2") || strings.Contains(out.String(), "104 117") || strings.Contains(out.String(), "0x68, 0x75") {
		t.Error(out.String())
	}
}

// TestRTCPSharesThePort asks that both ends must want it (RFC 5761 §5.1.1).
func TestRTCPSharesThePort(t *testing.T) {
	for _, both := range [][2]bool{{true, true}, {true, false}, {false, true}} {
		local := ours
		local.Mux = both[0]
		text := phone + "m=audio 49170 RTP/AVP 0\n"
		if both[1] {
			text += "a=rtcp-mux\n"
		}
		offer, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		answer, media, err := Answer(offer, local)
		want := both[0] && both[1]
		if err != nil || media.RTCPMux != want || strings.Contains(string(answer), "a=rtcp-mux") != want || (media.RemoteRTCP == media.Remote) != want {
			t.Errorf("%v: %v, %+v", both, err, media)
		}
		if strings.Contains(string(Offer(local)), "a=rtcp-mux") != both[0] {
			t.Errorf("our offer:\n%s", Offer(local))
		}
	}
}

// TestEverySuiteIsTaken where it is offered alone, with feedback or without; the later offers
// of ours have it, and the first ones have those alone that everybody knows.
func TestEverySuiteIsTaken(t *testing.T) {
	local := ours
	local.Security = Required
	for i, suite := range Suites {
		local.Crypto = append(local.Crypto, Crypto{Tag: i + 1, Suite: suite, Key: Key{byte(i + 1)}})
	}
	for _, suite := range Suites {
		for _, profile := range []string{"RTP/SAVP", "RTP/SAVPF"} {
			theirs := Crypto{Tag: 7, Suite: suite, Key: NewKey()}
			offer, err := Parse([]byte(phone + "m=audio 49170 " + profile + " 0\n" + theirs.line()))
			if err != nil {
				t.Fatal(err)
			}
			text, media, err := Answer(offer, local)
			if err != nil || media.Protection.Suite != suite || !strings.Contains(string(text), "m=audio 20000 "+profile+" 0\r\n") {
				t.Fatalf("%v: %v, %+v\n%s", suite, err, media, text)
			}
			answer, err := Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			taken := answer.Streams[0].Crypto
			key, salt := theirs.Key.Parts(suite)
			if len(taken) != 1 || taken[0].Tag != 7 || taken[0].Suite != suite || taken[0].Key != media.Protection.Send || len(key)+len(salt) != suite.size() ||
				string(media.Protection.Receive[:suite.size()]) != string(theirs.Key[:suite.size()]) {
				t.Errorf("%v: %+v and %+v", suite, taken, media.Protection)
			}
			again := local
			again.Agreed = &media
			if _, later, _ := strings.Cut(string(Offer(again)), "a=crypto:"); !strings.Contains(later[:strings.Index(later, "\r\n")], " "+suite.String()+" ") {
				t.Errorf("%v: our later offer begins with %s", suite, later)
			}
		}
	}
	if first := string(Offer(local)); strings.Count(first, "a=crypto:") != 2 || !strings.Contains(first, suite80) || !strings.Contains(first, suite32) {
		t.Errorf("our first offer is\n%s", first)
	}
}
