package siprouting

import (
	"strings"
	"testing"
)

func TestHostsAreNamesWithDots(t *testing.T) {
	label := strings.Repeat("a", 63)
	for name, want := range map[string]bool{
		"sbc.example.com": true, "SBC-1.Example.COM": true, "1.example": true, "a.b": true, label + ".example": true,
		"": false, "sbc": false, "192.0.2.1": false, "2001:db8::1": false, "::ffff:1.2.3.4": false,
		".example.com": false, "sbc..com": false, "sbc.example.com.": false, "-sbc.example": false, "sbc-.example": false, "sbc.-": false,
		label + "a.example": false, strings.Repeat("abc.", maxHost/4) + "abcd": false,
		"s bc.example": false, "s_bc.example": false, "sbc.exämple": false, "sbc.example:5061": false, "*.example.com": false,
	} {
		if got := validHost(name); got != want {
			t.Errorf("%q: %t, want %t", name, got, want)
		}
	}
}

func TestNumbersAreE164(t *testing.T) {
	for text, want := range map[string]bool{
		"+15551230001": true, "+1": true, "+" + strings.Repeat("1", maxDigits): true,
		"": false, "+": false, "15551230001": false, "+1 555": false, "+1a": false, "+" + strings.Repeat("1", maxDigits+1): false,
	} {
		if got := isNumber(text); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	}
}
