package header

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/emiago/sipgo/sip"
)

// Bounds on what a peer may attach to a call, and an application to one of ours.
const (
	maxCustom      = 16
	maxCustomValue = 1024
)

const userToUser = "User-To-User"

// customPrefix marks the headers that applications exchange.
const customPrefix = "x-ms-custom-"

// CustomName returns the canonical name of a header that applications may see;
// false for all others.
func CustomName(name string) (string, bool) {
	if strings.EqualFold(name, userToUser) {
		return userToUser, true
	}
	if len(name) <= len(customPrefix) || len(name) > 64 || !strings.EqualFold(name[:len(customPrefix)], customPrefix) || !isToken(name) {
		return "", false
	}
	return "X-MS-Custom-" + name[len(customPrefix):], true
}

// outgoingName is CustomName for headers that an application writes: its library
// knows the shorter prefix X- as well.
func outgoingName(name string) (string, bool) {
	if canonical, ok := CustomName(name); ok {
		return canonical, true
	}
	return name, len(name) > 2 && len(name) <= 64 && strings.EqualFold(name[:2], "X-") && isToken(name)
}

// Characters is the length of a text as .NET and JavaScript count it, in UTF-16 code units, in
// which the limits of custom headers are given. Each of them takes up to three bytes here.
func Characters(text string) (n int) {
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// IsCustom reports whether a header that an application writes is sent.
func IsCustom(name, value string) bool {
	_, ok := outgoingName(name)
	return ok && len(value) <= maxCustomValue && !strings.ContainsFunc(value, IsControl)
}

// ReadCustom returns the headers that the application sees; nil where none came.
func ReadCustom(request *sip.Request) map[string]string {
	var found map[string]string
	for _, field := range request.Headers() {
		name, ok := CustomName(field.Name())
		if !ok || len(field.Value()) > maxCustomValue || len(found) == maxCustom {
			continue
		}
		if found == nil {
			found = make(map[string]string)
		}
		if _, twice := found[name]; !twice {
			found[name] = strings.ToValidUTF8(field.Value(), "\uFFFD")
		}
	}
	return found
}

// Without takes a header out, however its name is written (RFC 3261 §7.3.1); "" is none.
func Without(headers map[string]string, name string) {
	maps.DeleteFunc(headers, func(written, _ string) bool { return strings.EqualFold(written, name) })
}

// WriteCustom returns the application's headers, without those that are none
// or would break the message.
func WriteCustom(headers map[string]string) (list []sip.Header) {
	for name, value := range headers {
		if !IsCustom(name, value) || len(list) == maxCustom {
			continue
		}
		canonical, _ := outgoingName(name)
		list = append(list, sip.NewHeader(canonical, value))
	}
	return list
}

// URIHeaders writes the application's headers into a URI (RFC 3261 §19.1.1):
// whoever calls it puts them into its INVITE. "" where there are none.
func URIHeaders(headers map[string]string) string {
	var list []string
	for _, field := range WriteCustom(headers) {
		list = append(list, Escape(field.Name())+"="+Escape(field.Value()))
	}
	if len(list) == 0 {
		return ""
	}
	slices.Sort(list)
	return "?" + strings.Join(list, "&")
}
