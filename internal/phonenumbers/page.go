package phonenumbers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// Sizes of a page.
const (
	usualPage = 100
	maxPage   = 1000
)

// pageOf is the part of a list that a request asks for by skip and a size, and the
// link to the next part, "" at the end.
func pageOf[T any](r *http.Request, sizeName string, all []T) (part []T, next string, err error) {
	skip, err := parameter(r, "skip", 0, 0)
	if err != nil {
		return nil, "", err
	}
	size, err := parameter(r, sizeName, usualPage, 1)
	if err != nil {
		return nil, "", err
	}
	size = min(size, maxPage)
	if skip >= len(all) {
		return nil, "", nil
	}
	part = all[skip:]
	if len(part) <= size {
		return part, "", nil
	}
	query := url.Values{}
	for name, values := range r.URL.Query() {
		if !strings.EqualFold(name, "skip") && !strings.EqualFold(name, sizeName) {
			query[name] = values
		}
	}
	query.Set("skip", strconv.Itoa(skip+size))
	query.Set(sizeName, strconv.Itoa(size))
	return part[:size], r.URL.EscapedPath() + "?" + query.Encode(), nil
}

// parameter reads a number of the query.
func parameter(r *http.Request, name string, otherwise, least int) (int, error) {
	text := queryText(r, name)
	if text == "" {
		return otherwise, nil
	}
	value, err := strconv.Atoi(text)
	if err != nil || value < least {
		return 0, rest.Field(name, fault.Invalid("%s must be a number from %d on, not %.50q", name, least, text))
	}
	return value, nil
}

// queryText is a parameter of the query, whatever case its name has.
func queryText(r *http.Request, name string) string {
	for have, values := range r.URL.Query() {
		if strings.EqualFold(have, name) {
			return values[0]
		}
	}
	return ""
}

// link is a path with the request's api-version. The real service's links have
// no host either: JavaScript's client puts its endpoint before them.
func link(r *http.Request, path string) string {
	return path + "?api-version=" + rest.APIVersion(r.Context())
}
