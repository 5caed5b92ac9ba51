package config

import (
	"slices"
	"testing"
)

// TestChallengesAreOfMD5AloneByDefault: some phones give up where one challenge is of an algorithm
// that they do not know.
func TestChallengesAreOfMD5AloneByDefault(t *testing.T) {
	cfg, err := Load(Flags{Data: t.TempDir()})
	if err != nil || !slices.Equal(cfg.SIPDigests, []string{"MD5"}) {
		t.Errorf("%v, %v", cfg.SIPDigests, err)
	}
}

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
