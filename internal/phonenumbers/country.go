package phonenumbers

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed countries.txt
var countryLines string

// country is a country, or a territory with numbers of its own.
type country struct {
	iso  string // ISO 3166-1 alpha-2, such as "US"
	name string // in English
	code string // country calling code, such as "44"
}

// nowhere is the country of numbers that belong to none, such as +800.
var nowhere = country{iso: "ZZ", name: "Unknown"}

// The types of numbers.
const (
	geographic = "geographic"
	tollFree   = "tollFree"
	mobile     = "mobile"
)

// numberPlan knows countries by the first digits of their numbers.
type numberPlan struct {
	byISO    map[string]country
	byPrefix map[string]country
	types    map[string]string // of prefixes that are set apart
	longest  int               // digits of the longest prefix
}

// plan reads the table once.
var plan = sync.OnceValue(func() *numberPlan {
	p := &numberPlan{byISO: map[string]country{}, byPrefix: map[string]country{}, types: map[string]string{}}
	for line := range strings.Lines(countryLines) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var column [6]string
		for i, text := range strings.Split(strings.TrimSpace(line), ";") {
			column[i] = strings.TrimSpace(text)
		}
		c := country{column[0], column[1], column[2]}
		p.byISO[c.iso] = c
		for _, prefix := range strings.Fields(column[3]) {
			p.byPrefix[prefix] = c
			p.longest = max(p.longest, len(prefix))
		}
		for i, kind := range []string{tollFree, mobile} {
			for _, prefix := range strings.Fields(column[4+i]) {
				p.types[prefix] = kind
				p.longest = max(p.longest, len(prefix))
			}
		}
	}
	return p
})

// locate finds a number's country and type. Types are those that the country's
// plan sets apart; what it does not is geographic.
func (p *numberPlan) locate(number string) (of country, kind string) {
	of, kind = nowhere, geographic
	digits := strings.TrimPrefix(number, "+")
	found := false
	for n := min(p.longest, len(digits)); n > 0; n-- {
		if special, ok := p.types[digits[:n]]; ok && kind == geographic {
			kind = special
		}
		if c, ok := p.byPrefix[digits[:n]]; ok && !found {
			of, found = c, true
		}
	}
	return of, kind
}
