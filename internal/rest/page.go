package rest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/store"
)

const (
	paramPageToken = "skipToken"
	paramPageSize  = "maxPageSize"
	maxPageToken   = 2048
)

// Page is the part of a list that the client asks for.
type Page struct {
	Token string // where it begins, as NextLink gave it; "" at the beginning
	Size  int    // items at most
}

// ReadPage reads the page from the query: usual items if the client names no
// size, and never more than most.
func ReadPage(r *http.Request, usual, most int) (Page, error) {
	page := Page{Size: usual}
	for name, values := range r.URL.Query() {
		switch {
		case strings.EqualFold(name, paramPageToken):
			if page.Token = values[0]; len(page.Token) > maxPageToken {
				return Page{}, NotGivenOut()
			}
		case strings.EqualFold(name, paramPageSize):
			size, err := strconv.Atoi(values[0])
			if err != nil || size < 1 {
				return Page{}, Field(paramPageSize, fault.Invalid("%s must be a positive number, not %q", paramPageSize, clip(values[0])))
			}
			page.Size = min(size, most)
		}
	}
	return page, nil
}

// NextLink returns the absolute address of the page that begins at a token, with
// the request's api-version, on the host that the client used; "" for no token.
// Clients follow it as it is.
func NextLink(r *http.Request, token string) string {
	if token == "" {
		return ""
	}
	query := r.URL.Query()
	for name := range query {
		if strings.EqualFold(name, paramPageToken) {
			query.Del(name)
		}
	}
	query.Set(paramPageToken, token)
	return Origin(r) + r.URL.EscapedPath() + "?" + query.Encode()
}

// Slice cuts a page out of items, which are in the order of their keys, and
// returns the token of the next one, "" at the end. A token names the last key
// of its page, so that pages stay right while items come and go.
func Slice[T any](items []T, page Page, key func(T) string) (part []T, next string, err error) {
	last, err := store.PageKey(page.Token)
	if err != nil {
		return nil, "", NotGivenOut()
	}
	if last != "" {
		from, found := slices.BinarySearchFunc(items, last, func(item T, last string) int { return strings.Compare(key(item), last) })
		if found {
			from++
		}
		items = items[from:]
	}
	if len(items) <= page.Size {
		return items, "", nil
	}
	part = items[:page.Size]
	return part, store.PageToken(key(part[len(part)-1])), nil
}

// NotGivenOut is the error of a token that names no page.
func NotGivenOut() error {
	return Field(paramPageToken, fault.Invalid("%s is not one that was given out", paramPageToken))
}
