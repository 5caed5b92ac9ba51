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

func (c *checker) holdMusic() (m HoldMusic) {
	m.Text = c.spokenText("media.hold-text")
	m.File, m.URL = c.sound("media.hold-music")
	return m
}

// spokenText is a text that is spoken, as long as an application's at most.
func (c *checker) spokenText(key string) string {
	s := c.pick(key, "")
	text := strings.TrimSpace(s.value)
	if len([]rune(text)) > maxHoldText {
		c.fail(s, "has more than %d characters", maxHoldText)
	}
	return text
}

// sound tells the address of a sound from a file.
func (c *checker) sound(key string) (file, address string) {
	s := c.pick(key, "")
	u, err := url.Parse(s.value)
	switch {
	case err != nil || !strings.Contains(s.value, "://"):
		return s.value, ""
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		c.fail(s, "is %q; it must be a file, or an http or https address of one", s.value)
	}
	return "", s.value
}
