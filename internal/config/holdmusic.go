package config

import (
	"net/url"
	"strings"
)

// HoldMusic is what is heard on hold where an application names nothing.
type HoldMusic struct {
	Text string // spoken before the music, each time; "" is none
	URL  string // of the music, or
	File string // its file; without both it is generated
}

// maxHoldText is how long a text an application may have spoken, in characters.
const maxHoldText = 4000

// holdMusic tells an address from a file.
func (c *checker) holdMusic() (m HoldMusic) {
	text := c.pick("media.hold-text", "")
	if m.Text = strings.TrimSpace(text.value); len([]rune(m.Text)) > maxHoldText {
		c.fail(text, "has more than %d characters", maxHoldText)
	}
	s := c.pick("media.hold-music", "")
	u, err := url.Parse(s.value)
	switch {
	case err != nil || !strings.Contains(s.value, "://"):
		m.File = s.value
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		c.fail(s, "is %q; it must be a file, or an http or https address of one", s.value)
	default:
		m.URL = s.value
	}
	return m
}
