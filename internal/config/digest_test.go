package config

import (
	"slices"
	"testing"
)

func TestDigestsAreNamedOnce(t *testing.T) {
	for _, test := range []struct {
		given, want []string
		fails       bool
	}{
		{[]string{"MD5", "SHA-256"}, []string{"MD5", "SHA-256"}, false},
		{[]string{"sha-256"}, []string{"SHA-256"}, false},
		{[]string{"MD5", "md5"}, []string{"MD5"}, true},
		{[]string{"SHA-512-256"}, nil, true},
	} {
		c := &checker{file: &configFile{}}
		got := c.digests(setting{key: c.file.key("sip-digests"), name: "sip-digests", list: test.given})
		if !slices.Equal(got, test.want) || (c.err() != nil) != test.fails {
			t.Errorf("%v: %v, %v", test.given, got, c.err())
		}
	}
}
