package outbound

import (
	"log/slog"
	"net/url"
)

// Address is an address that an application named: of a callback, a prompt or a
// webhook. Its log form hides what gives access: user, password, query, fragment.
type Address string

// Unreadable is shown of what is no address, since it may be a secret.
const Unreadable = "an unreadable address"

// LogValue is the log form.
func (a Address) LogValue() slog.Value { return slog.StringValue(a.String()) }

// String is the log form too, so that no message shows the rest by mistake.
func (a Address) String() string {
	u, err := url.Parse(string(a))
	if err != nil || u.Opaque != "" || u.Scheme == "" && u.Host == "" {
		return Unreadable
	}
	return Shown(u)
}

// Shown is the log form of a parsed address.
func Shown(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
}
