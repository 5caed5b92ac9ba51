package config

import (
	"slices"
	"strings"
)

// digests are the algorithms by which phones may prove their passwords, in the
// order of the challenges.
func (c *checker) digests(s setting) (list []string) {
	for _, text := range s.list {
		name := strings.ToUpper(text)
		if name != "MD5" && name != "SHA-256" || slices.Contains(list, name) {
			c.fail(s, "has %q; it takes MD5 and SHA-256, each once, the one that phones shall prefer first", text)
			continue
		}
		list = append(list, name)
	}
	return list
}
