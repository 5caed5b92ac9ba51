package config

import (
	"net/url"
	"strings"
)

// origins are the sites whose pages may open a WebSocket, as browsers name them
// (RFC 6454): scheme and host, and a port that is not the scheme's own.
func (c *checker) origins(s setting) []string {
	var list []string
	for _, text := range s.list {
		text = strings.TrimSuffix(strings.TrimSpace(text), "/")
		site, err := url.Parse(text)
		if text != "*" && (err != nil || site.Scheme != "https" && site.Scheme != "http" || site.Host == "" || site.Path != "" || site.RawQuery != "") {
			c.fail(s, "has %q; it must be an origin such as https://phone.example, or *", text)
			continue
		}
		list = append(list, text)
	}
	return list
}
