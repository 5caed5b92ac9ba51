package config

import (
	"slices"
	"strings"
)

// digests checks the digest algorithms, which stay in the order of the challenges.
func (c *checker) digests(s setting) (list []string) {
	for _, text := range s.list {
		name := strings.ToUpper(text)
		if !slices.Contains(s.words("of"), name) || slices.Contains(list, name) {
			c.fail(s, "has %q; it must be a list of %s, each once, the preferred one first", text, strings.Join(s.words("of"), ", "))
			continue
		}
		list = append(list, name)
	}
	return list
}
