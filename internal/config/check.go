package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// setting is one value with the name of the place that it came from.
type setting struct {
	key
	name      string // --https, or switchhook.yaml:3: https
	value     string
	list      []string
	otherwise bool // the value is the default
}

// checker turns settings into values, and gathers what is wrong.
type checker struct {
	flags    Flags
	file     *configFile
	problems []error
}

func (c *checker) err() error { return errors.Join(c.problems...) }

func (c *checker) fail(s setting, format string, args ...any) {
	c.problems = append(c.problems, fmt.Errorf("%s %s", s.name, fmt.Sprintf(format, args...)))
}

// at is a setting of the file without a value of its own, for messages.
func (c *checker) at(path string) setting { return setting{name: c.file.where(path)} }

// pick takes the flag, else the file's value, else the default.
func (c *checker) pick(path, flag string) setting {
	k := c.file.key(path)
	switch {
	case flag != "":
		return setting{key: k, name: flagName(path), value: flag}
	case k.given:
		return setting{key: k, name: c.file.where(path), value: k.text()}
	}
	return setting{key: k, name: "--" + path, value: k.tag.Get("default"), otherwise: true}
}

// pickList is pick for a list.
func (c *checker) pickList(path string, flag []string) setting {
	k := c.file.key(path)
	switch {
	case len(flag) > 0:
		return setting{key: k, name: flagName(path), list: flag}
	case k.given:
		return setting{key: k, name: c.file.where(path), list: k.list()}
	}
	return setting{key: k, name: "--" + path, list: k.words("default"), otherwise: true}
}

// flagName names both ways to give a flag, since either may have been used.
func flagName(key string) string {
	return "--" + key + " (or SWITCHHOOK_" + strings.ToUpper(strings.ReplaceAll(key, "-", "_")) + ")"
}

// word checks one of the words that the key allows, in any case.
func (c *checker) word(path, flag string) string {
	s := c.pick(path, flag)
	value := strings.ToLower(s.value)
	if allowed := s.words("of"); !slices.Contains(allowed, value) {
		c.fail(s, "is %q; it must be one of %s", s.value, strings.Join(allowed, ", "))
	}
	return value
}

// duration checks a duration between the bounds of the key; 0 if it is absent and
// has no default.
func (c *checker) duration(path string) time.Duration {
	s := c.pick(path, "")
	if s.value == "" {
		return 0
	}
	d, err := time.ParseDuration(s.value)
	if s.otherwise && err == nil {
		return d
	}
	low, high := s.tag.Get("min"), s.tag.Get("max")
	if err != nil || d < parseDuration(low) || d > parseDuration(high) {
		c.fail(s, "is %q; it must be a duration from %s to %s, such as %s", s.value, low, high, cmp.Or(s.tag.Get("default"), low))
	}
	return d
}

// parseDuration reads a bound, which is a constant.
func parseDuration(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		panic(err)
	}
	return d
}

// count checks a number between the bounds of the key; 0 if it is absent and has
// no default.
func (c *checker) count(path string) int {
	s := c.pick(path, "")
	if s.value == "" {
		return 0
	}
	n, err := strconv.Atoi(s.value)
	if s.otherwise && err == nil {
		return n
	}
	low, high := s.tag.Get("min"), s.tag.Get("max")
	if err != nil || n < parseNumber(low) || n > parseNumber(high) {
		c.fail(s, "is %s; it must be a number from %s to %s", s.value, low, high)
	}
	return n
}

func parseNumber(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return n
}
