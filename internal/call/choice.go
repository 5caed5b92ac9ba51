package call

import (
	"slices"
	"strings"
)

// chosen finds the choice that was said, with its phrase as the application wrote
// it. The best of these ways counts: the phrase was said and nothing else; it was
// said among other words; it was said with one edit in five letters. False: no
// choice was said, or two as well as each other. Number words are those of the languages.
func chosen(choices []Choice, said string, languages []string) (label, phrase string, ok bool) {
	figures := figuresOf(languages)
	words := wordsOf(said, figures)
	var best []match
	for at, choice := range choices {
		for _, phrase := range choice.Phrases {
			m := match{choice: at, phrase: phrase, words: wordsOf(phrase, figures)}
			if m.rank = rankOf(m.words, words); m.rank == 0 {
				continue
			}
			if len(best) > 0 && m.rank > best[0].rank {
				best = best[:0]
			}
			if len(best) == 0 || m.rank == best[0].rank {
				best = append(best, m)
			}
		}
	}
	best = slices.DeleteFunc(best, func(m match) bool { return m.within(best) })
	if len(best) == 0 || slices.ContainsFunc(best, func(m match) bool { return m.choice != best[0].choice }) {
		return "", "", false
	}
	return choices[best[0].choice].Label, best[0].phrase, true
}

// match is a phrase that was said.
type match struct {
	choice int
	phrase string
	words  []string
	rank   int
}

// The ranks of a match.
const (
	nearly = iota + 1
	among
	exactly
)

// within reports whether a longer phrase of another match has this one in it:
// "support" in "technical support".
func (m match) within(others []match) bool {
	return slices.ContainsFunc(others, func(o match) bool {
		return len(o.words) > len(m.words) && contains(o.words, m.words)
	})
}

func rankOf(phrase, said []string) int {
	switch {
	case len(phrase) == 0:
		return 0
	case slices.Equal(phrase, said):
		return exactly
	case contains(said, phrase) && !(len(phrase) == 1 && isIdeograph(phrase[0])):
		return among
	case alike(strings.Join(phrase, ""), strings.Join(said, "")):
		return nearly
	}
	return 0
}

// contains reports whether words stand in others, one after the other.
func contains(others, words []string) bool {
	for at := 0; at+len(words) <= len(others); at++ {
		if slices.Equal(others[at:at+len(words)], words) {
			return true
		}
	}
	return false
}

// maxFuzzy bounds the length, in letters, of what is compared letter by letter.
const maxFuzzy = 200

// alike reports whether one edit in five letters makes one of the other.
func alike(a, b string) bool {
	x, y := []rune(a), []rune(b)
	allowed := min(len(x), len(y)) / 5
	if allowed == 0 || len(x) > maxFuzzy || len(y) > maxFuzzy || max(len(x), len(y))-min(len(x), len(y)) > allowed {
		return false
	}
	return edits(x, y) <= allowed
}

// edits is the Levenshtein distance.
func edits(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
