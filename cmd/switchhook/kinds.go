package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/switchhook/switchhook/internal/insight"
)

// itemKinds are kinds of items of a timeline, separated by commas; none stands for all.
type itemKinds []insight.Kind

// Decode reads the flag's value: a kind that does not exist would let everything be left out
// without a word.
func (k *itemKinds) Decode(ctx *kong.DecodeContext) error {
	given, err := ctx.Scan.PopValue("kinds")
	if err != nil {
		return err
	}
	*k = nil
	for word := range strings.SplitSeq(given.String(), ",") {
		kind := insight.Kind(strings.ToLower(strings.TrimSpace(word)))
		if !slices.Contains(insight.Kinds, kind) {
			return fmt.Errorf("%q is no kind of item; the kinds are %s", word, allKinds())
		}
		*k = append(*k, kind)
	}
	return nil
}

func (k itemKinds) has(kind insight.Kind) bool { return len(k) == 0 || slices.Contains(k, kind) }

func allKinds() string {
	var names []string
	for _, kind := range insight.Kinds {
		names = append(names, string(kind))
	}
	return strings.Join(names, ", ")
}
