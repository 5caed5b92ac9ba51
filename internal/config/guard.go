package config

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/trunk"
)

// guardText is a rule about calls, as the file writes it.
type guardText struct {
	Name       string     `yaml:"name"`
	Prefixes   stringList `yaml:"prefix"`
	Except     stringList `yaml:"except"`
	By         stringList `yaml:"by"`
	Trunks     stringList `yaml:"trunks"`
	Deny       bool       `yaml:"deny"`
	Concurrent int        `yaml:"concurrent-calls"`
	PerMinute  int        `yaml:"calls-per-minute"`
	Each       bool       `yaml:"each"`
}

// stringList is a list, which may be written as one text where it has one.
type stringList []string

// UnmarshalYAML reads either.
func (l *stringList) UnmarshalYAML(text []byte) error {
	var one string
	if yaml.Unmarshal(text, &one) == nil {
		*l = stringList{one}
		return nil
	}
	return yaml.Unmarshal(text, (*[]string)(l))
}

// guards checks the rules about calls. One without a name is named by its place.
func (c *checker) guards(texts []guardText, trunks []trunk.Trunk) (guards []permit.Guard) {
	seen := make(map[string]bool)
	for i, text := range texts {
		s := setting{name: c.file.where(fmt.Sprintf("guards[%d]", i))}
		g := permit.Guard{
			Name: text.Name, Prefixes: text.Prefixes, Except: text.Except, By: text.By, Trunks: text.Trunks,
			Deny: text.Deny, Concurrent: text.Concurrent, PerMinute: text.PerMinute, Each: text.Each,
		}
		if g.Name == "" {
			g.Name = fmt.Sprintf("guards[%d]", i)
		}
		if err := g.Check(); err != nil {
			c.fail(s, "is refused: %v", err)
		}
		if seen[g.Name] {
			c.fail(s, "is the second that is named %q", g.Name)
		}
		seen[g.Name] = true
		for _, name := range g.Trunks {
			// Applications add trunks, which are named by their hosts.
			if !strings.Contains(name, ".") && !hasTrunk(trunks, name) {
				c.fail(s, "names trunk %q, which there is not", name)
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
			c.fail(setting{name: c.file.where("emergency-numbers")}, "has %q; a number is digits, such as 112", text)
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
			c.fail(setting{name: c.file.where(key)}, "has %q; it must be owned, any, or numbers such as +15551230001", number)
		}
	}
	return trunk.CallerIDs{Numbers: list}
}

// limit checks a number that is absent for no limit.
func (c *checker) limit(key string, n, most int) int {
	if n < 0 || n > most {
		c.fail(setting{name: c.file.where(key)}, "is %d; it must be between 1 and %d, or absent for no limit", n, most)
	}
	return n
}
