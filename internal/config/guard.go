package config

import (
	"fmt"
	"strings"

	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/trunk"
)

// stringList is a list; one value may be written without brackets.
type stringList []string

// UnmarshalYAML reads either.
func (l *stringList) UnmarshalYAML(read func(any) error) error {
	var one string
	if read(&one) == nil {
		*l = stringList{one}
		return nil
	}
	return read((*[]string)(l))
}

// guards checks the rules about calls. One without a name is named by its place.
func (c *checker) guards(texts []guardKeys, trunks []trunk.Trunk) (guards []permit.Guard) {
	seen := make(map[string]bool)
	for i, text := range texts {
		key := fmt.Sprintf("guards[%d]", i)
		s := c.at(key)
		g := permit.Guard{
			Name: text.Name, Prefixes: text.Prefixes, Except: text.Except, By: text.By, Trunks: text.Trunks,
			Deny: text.Deny, Concurrent: c.count(key + ".concurrent-calls"), PerMinute: c.count(key + ".calls-per-minute"), Each: text.Each,
		}
		if g.Name == "" {
			g.Name = key
		}
		if err := g.Check(); err != nil {
			c.fail(s, "is refused: %v", err)
		}
		if seen[g.Name] {
			c.fail(s, "has the name %q of another guard", g.Name)
		}
		seen[g.Name] = true
		for _, name := range g.Trunks {
			// Applications add trunks, which are named by their hosts.
			if !strings.Contains(name, ".") && !hasTrunk(trunks, name) {
				c.fail(s, "has trunk %q in trunks, which does not exist", name)
			}
		}
		guards = append(guards, g)
	}
	return guards
}

func hasTrunk(trunks []trunk.Trunk, name string) bool {
	for _, t := range trunks {
		if strings.EqualFold(t.Name, name) {
			return true
		}
	}
	return false
}

// emergency checks the numbers of emergency services; nil where none are given.
func (c *checker) emergency(texts []string) []string {
	for _, text := range texts {
		if digits := strings.TrimPrefix(text, "+"); digits == "" || strings.Trim(digits, "0123456789") != "" {
			c.fail(c.at("emergency-numbers"), "has %q; an emergency number has digits only, such as 112", text)
		}
	}
	return texts
}

// callerIDs reads which numbers a trunk's calls may show. Without a word the
// trunk's other end decides, as in ACS direct routing.
func (c *checker) callerIDs(key string, list []string) trunk.CallerIDs {
	if list == nil || len(list) == 1 && list[0] == "any" {
		return trunk.CallerIDs{Any: true}
	}
	if len(list) == 1 && list[0] == "owned" {
		return trunk.CallerIDs{}
	}
	for _, number := range list {
		if digits, ok := strings.CutPrefix(number, "+"); !ok || digits == "" || strings.Trim(digits, "0123456789") != "" {
			c.fail(c.at(key), "has %q; it must be owned, any, or numbers such as +15551230001", number)
		}
	}
	return trunk.CallerIDs{Numbers: list}
}
