package rest

import (
	"net/http"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

const maxVersion = 32

// apiVersion reads the query's api-version. Any well-formed one is accepted:
// older ones are subsets of newer ones, and there will be newer ones.
func apiVersion(r *http.Request) (string, error) {
	version := onlyParameter(r.URL.RawQuery, "api-version")
	if version == "" {
		for name, values := range r.URL.Query() {
			if strings.EqualFold(name, "api-version") && values[0] != "" {
				version = values[0]
				break
			}
		}
	}
	switch {
	case version == "":
		return "", Field("api-version", fault.Invalid("an api-version is required, such as ?api-version=2026-03-12").WithCode("ApiVersionUnspecified"))
	case !validVersion(version):
		return "", Field("api-version", fault.Invalid("api-version %q does not read like 2026-03-12 or 2025-03-02-preview", clip(version)).WithCode("InvalidApiVersion"))
	}
	return version, nil
}

// onlyParameter is the value of a parameter that is all of a query and has no escapes: the
// query of most requests. "" is of every other query.
func onlyParameter(query, name string) string {
	given, value, _ := strings.Cut(query, "=")
	if !strings.EqualFold(given, name) || strings.ContainsAny(value, "&;%+") {
		return ""
	}
	return value
}

// validVersion accepts a date, with a suffix such as -preview, -preview2 or -alpha.1.
func validVersion(text string) bool {
	if len(text) < len(time.DateOnly) || len(text) > maxVersion {
		return false
	}
	date, suffix := text[:len(time.DateOnly)], text[len(time.DateOnly):]
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return false
	}
	if suffix == "" {
		return true
	}
	return len(suffix) > 1 && suffix[0] == '-' && strings.IndexFunc(suffix[1:], func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.'
	}) < 0
}
