package trunk

import "strings"

// Normal writes a dialled number in its one form, by which it is judged, routed and
// dialled: E.164 with its plus sign where the digits are an international number,
// however the international prefix is written, or a national one of the plan. Short
// numbers, and national numbers of an unknown country, have their digits alone; so has
// what begins with +0, because no country code begins with 0 (E.164 §6.2.1).
func (p Plan) Normal(number string) string {
	digits, plus := strings.CutPrefix(number, "+")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return number // a service code
	}
	for {
		rest, ok := p.international(digits, plus)
		if !ok {
			break
		}
		digits, plus = rest, true
	}
	if plus && digits[0] != '0' {
		return p.withoutNational("+" + digits)
	}
	if number := p.E164(digits); number != digits {
		return number
	}
	if len(digits) > shortest && digits[0] != '0' {
		return p.Normal("+" + digits)
	}
	return digits
}

// leastInternational is how few digits follow an international prefix.
const leastInternational = 4

// international removes what stands before an international number.
func (p Plan) international(digits string, plus bool) (rest string, ok bool) {
	prefixes := []string{"00"}
	if p.International != "" {
		prefixes = append(prefixes, p.International)
	}
	if plus && len(digits) > shortest && (digits[:2] == "10" || digits[:2] == "11") {
		return digits[1:], true // area codes of North America begin with 2 to 9: this is 1 and another prefix
	}
	if plus && digits[0] != '0' {
		return "", false
	}
	for _, prefix := range prefixes {
		if rest, ok := strings.CutPrefix(digits, prefix); ok && len(rest) >= leastInternational {
			return rest, true
		}
	}
	// North America's prefix, where it is not the beginning of a national number.
	if rest, ok := strings.CutPrefix(digits, "011"); ok && len(rest) > shortest && (p.Country == "" || p.Country == "1") {
		return rest, true
	}
	return "", false
}

// withoutNational removes the national prefix 0 after the country code, as in +44 (0)20 7946 0000.
func (p Plan) withoutNational(number string) string {
	if p.Country == "" || p.Country == "1" || p.National != "" && p.National != "0" {
		return number
	}
	if rest, ok := strings.CutPrefix(number, "+"+p.Country+"0"); ok {
		return "+" + p.Country + strings.TrimLeft(rest, "0")
	}
	return number
}

// withoutPlus removes a plus sign that no E.164 number begins with.
func withoutPlus(number string) string {
	if strings.HasPrefix(number, "+0") {
		return number[1:]
	}
	return number
}

// national writes an E.164 number of the plan's country as it is dialled there; "" for others.
func (p Plan) national(number string) string {
	rest, ok := strings.CutPrefix(number, "+"+p.Country)
	switch {
	case p.Country == "" || !ok:
		return ""
	case p.Country == "1" || p.National == "-":
		return rest
	case p.National == "":
		return "0" + rest
	}
	return p.National + rest
}

// Dialled is a number as the trunk is asked for it: a national one in E.164, then by
// the rules for called numbers.
func (t *Trunk) Dialled(number string) string {
	return t.Rewriting.Out(t.Rewriting.Normal(number), t.Rewriting.CalledOut)
}

// Destinations are the numbers that the trunk may take a number for: what it is in
// E.164, and what leaves after the rules.
func (t *Trunk) Destinations(number string) []string {
	normal := t.Rewriting.Normal(number)
	left := t.Rewriting.Out(normal, t.Rewriting.CalledOut)
	if left == normal {
		return []string{normal}
	}
	// Digits that mean nothing in E.164 are a prefix of the carrier before the number.
	if strings.HasPrefix(left, "+") {
		return []string{normal, t.Rewriting.Normal(left)}
	}
	if left = t.Rewriting.E164(left); strings.HasPrefix(left, "+") {
		return []string{normal, t.Rewriting.Normal(left)}
	}
	return []string{normal}
}

// plans are the numbering plans of all trunks that are called, each once.
func plans(trunks []*Trunk) (list []Plan) {
	seen := make(map[Plan]bool)
	for _, t := range trunks {
		if p := t.Rewriting.Plan; t.Host != "" && p.Country != "" && !seen[p] {
			seen[p] = true
			list = append(list, p)
		}
	}
	return list
}

// Normal writes a number in its one form, by the numbering plan of the trunks; where
// they have several, national numbers stay as they are until a trunk is chosen.
func (t *Table) Normal(number string) string {
	t.mu.RLock()
	known := t.plans
	t.mu.RUnlock()
	switch len(known) {
	case 0:
		return Plan{}.Normal(number)
	case 1:
		return known[0].Normal(number)
	}
	for _, p := range known {
		number = p.withoutNational(number)
	}
	first := known[0].Normal(number)
	for _, p := range known[1:] {
		if p.Normal(number) != first {
			return withoutPlus(number)
		}
	}
	return first
}

// Spellings are the forms that a number in its normal form has at home: itself, and
// its national form in each country of the trunks.
func (t *Table) Spellings(number string) []string {
	t.mu.RLock()
	known := t.plans
	t.mu.RUnlock()
	list := []string{number}
	for _, p := range known {
		if national := p.national(number); national != "" {
			list = append(list, national)
		}
	}
	return list
}

// Meanings are the numbers that one which has no normal form may be, by the plan of
// each trunk.
func (t *Table) Meanings(number string) []string {
	t.mu.RLock()
	known := t.plans
	t.mu.RUnlock()
	list := []string{Plan{}.Normal(number)}
	for _, p := range known {
		list = append(list, p.Normal(number))
	}
	return list
}
