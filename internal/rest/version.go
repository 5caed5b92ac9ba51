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
	for name, values := range r.URL.Query() {
		if !strings.EqualFold(name, "api-version") || values[0] == "" {
			continue
		}
		if !validVersion(values[0]) {
			return "", Field("api-version", fault.Invalid("api-version %q does not read like 2026-03-12 or 2025-03-02-preview", clip(values[0])).WithCode("InvalidApiVersion"))
		}
		return values[0], nil
	}
	return "", Field("api-version", fault.Invalid("an api-version is required, such as ?api-version=2026-03-12").WithCode("ApiVersionUnspecified"))
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
