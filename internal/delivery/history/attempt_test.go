package history

import "testing"

func TestMaskURL(t *testing.T) {
	for _, test := range []struct{ url, want string }{
		{"https://h/p", "https://h/p"},
		{"https://h/p?code=abc&x=1&flag", "https://h/p?code=***&x=***&***"},
		{"https://u:pw@h/p", "https://%2A%2A%2A@h/p"},
	} {
		if got := MaskURL(test.url); got != test.want {
			t.Errorf("%s became %s", test.url, got)
		}
	}
}
