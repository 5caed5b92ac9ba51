package callautomation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/sip/header"
)

// TestCustomContextIsBoundedInAll asks that headers which are each small enough are
// refused where they are too much together.
func TestCustomContextIsBoundedInAll(t *testing.T) {
	for n, allowed := range map[int]bool{60: true, 900: false} {
		c := callingContext{VoIPHeaders: map[string]string{}}
		for i := range n {
			c.VoIPHeaders[fmt.Sprint(i)] = strings.Repeat("x", 1000)
		}
		if _, _, err := c.headers(); (err == nil) != allowed {
			t.Errorf("%d kB: %v", n, err)
		}
	}
}

// TestLengthsAreInCharacters: texts are counted as the service and its SDKs count them, not
// by the bytes of UTF-8.
func TestLengthsAreInCharacters(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "日本語": 3, "é": 1, "😀": 2, "a\xff": 2} {
		if got := length(text); got != want {
			t.Errorf("%q has %d characters, not %d", text, got, want)
		}
	}
	if _, err := operationContext(strings.Repeat("語", maxOperationContext), ""); err != nil {
		t.Errorf("a context of the greatest length: %v", err)
	}
	if _, err := operationContext(strings.Repeat("a", maxOperationContext+1), ""); err == nil {
		t.Error("a longer context is taken")
	}
	for value, allowed := range map[string]bool{strings.Repeat("語", maxSIPValue): true, strings.Repeat("a", maxSIPValue+1): false} {
		c := callingContext{SIPHeaders: map[string]string{"X-MS-Custom-a": value}}
		if _, _, err := c.headers(); (err == nil) != allowed {
			t.Errorf("a header of %d bytes: %v", len(value), err)
		}
	}
	if err := atMost("sourceDisplayName", strings.Repeat("語", maxDisplayName+1), maxDisplayName); err == nil {
		t.Error("a name that is too long is taken")
	}
}

// TestHeadersThatPhonesWouldNotGetAreRefused: what is accepted is sent.
func TestHeadersThatPhonesWouldNotGetAreRefused(t *testing.T) {
	for _, test := range []struct {
		key, value string
		sent       bool
	}{
		{"X-MS-Custom-order", "42, and more; é", true},
		{"X-order", "a\tb", true},
		{"user-to-user", "00;encoding=hex", true},
		{"X-MS-Custom-", "1", true}, // a token that begins with X-
		{"X-MS-Custom-größe", "1", false},
		{"X-MS-Custom-a b", "1", false},
		{"X-MS-Custom-a(b)", "1", false},
		{"X-", "1", false},
		{"X-a", "1\r\nVia: x", false},
		{"X-a", "1\x01", false},
		{"X-a", "\x7f", false},
	} {
		c := callingContext{SIPHeaders: map[string]string{test.key: test.value}}
		if _, _, err := c.headers(); (err == nil) != test.sent {
			t.Errorf("%q: %q: %v", test.key, test.value, err)
		}
		if written := len(header.WriteCustom(c.SIPHeaders)) == 1; written != test.sent {
			t.Errorf("%q: %q is written: %t", test.key, test.value, written)
		}
	}
}

// TestUserToUserIsOneHeader however it is spelled: an application that hands on what it has got in
// IncomingCall hands on two spellings of one.
func TestUserToUserIsOneHeader(t *testing.T) {
	for _, test := range []struct {
		name    string
		headers map[string]string
		want    string // "": refused
	}{
		{"as SDKs write it", map[string]string{"User-To-User": "a1"}, "a1"},
		{"as the first SDKs wrote it", map[string]string{"User-to-User": "a1"}, "a1"},
		{"handed on", map[string]string{"User-To-User": "a1", "user-To-User": "a1"}, "a1"},
		{"two values", map[string]string{"User-To-User": "a1", "user-To-User": "a2"}, ""},
	} {
		context := callingContext{SIPHeaders: test.headers}
		sip, _, err := context.headers()
		if refused := test.want == ""; refused != (err != nil) || !refused && (len(sip) != 1 || sip["User-To-User"] != test.want) {
			t.Errorf("%s: %v, %v", test.name, sip, err)
		}
	}
	if sip, _, err := new(callingContext).headers(); sip != nil || err != nil {
		t.Errorf("none are %v, %v", sip, err) // who redirects a call without any leaves it those it has
	}
}
