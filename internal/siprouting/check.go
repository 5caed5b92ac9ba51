package siprouting

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Limits of the API; lengths are in characters.
const (
	maxListed      = 250 // trunks, routes, domains, trunks of a route
	maxHost        = 249
	maxName        = 256
	maxPattern     = 1024
	maxDescription = 1024
)

// codeUnprocessable is the one outer code of every rule; the inner one tells
// which.
const codeUnprocessable = "UnprocessableConfiguration"

// refuse is a broken rule as the real service answers it: 422 with an inner
// code. Its message begins with the service's words and ends with ours.
func refuse(code, format string, args ...any) error {
	return rest.Unprocessable(malformed(code, format, args...))
}

// malformed is a broken rule that the real service answers with 400.
func malformed(code, format string, args ...any) error {
	return rest.Inner(code, fmt.Sprintf(format, args...),
		fault.Invalid("One or more request inputs are not valid.").WithCode(codeUnprocessable))
}

// tooMany refuses a list that is too long.
func tooMany(code, what string, length int) error {
	return refuse(code, "There are %d %s; at most %d are possible.", length, what, maxListed)
}

// check asks for the rules that concern more than one item. now is the plan
// that is to be replaced.
func (p plan) check(now plan) error {
	for _, list := range []struct {
		code, what string
		length     int
	}{
		{"TooManyTrunks", "trunks", len(p.trunks)}, {"TooManyRoutes", "routes", len(p.routes)}, {"TooManyDomains", "domains", len(p.domains)},
	} {
		if list.length > maxListed {
			return tooMany(list.code, list.what, list.length)
		}
	}
	for _, missing := range p.danglingReferences() {
		return refuse("MissingTrunk", "Route targeting a missing trunk. Route %.100q names trunk %.100q.", missing.route, missing.trunk)
	}
	for _, d := range now.domains {
		for _, t := range p.trunks {
			if p.domainAt(d.Name) < 0 && within(t.Name, d.Name) {
				return refuse("MissingDomain", "Trunk with a missing domain. Trunk %.100q needs domain %.100q: remove the trunk first.", t.Name, d.Name)
			}
		}
	}
	return nil
}

// checkRoutes asks for the rules of routes that a client sends. Those of the
// configuration file obey the file's rules, which are wider.
func checkRoutes(routes []route) error {
	seen, trial := make(map[string]bool), trunk.NewTrial()
	for _, r := range routes {
		if err := r.check(trial); err != nil {
			return err
		}
		if seen[r.Name] {
			return malformed("DuplicatedRoute", "There is a duplicated route. Two are named %.100q.", r.Name)
		}
		seen[r.Name] = true
	}
	return nil
}

func (r route) check(trial trunk.Trial) error {
	if length := utf8.RuneCountInString(r.Name); length == 0 || length > maxName {
		return refuse("InvalidRouteName", "Route with an invalid name. It has %d characters; it must have 1 to %d.", length, maxName)
	}
	if utf8.RuneCountInString(r.Description) > maxDescription {
		return refuse("InvalidRouteDescription", "Route with an invalid description. That of %.100q is longer than %d characters.", r.Name, maxDescription)
	}
	if length := utf8.RuneCountInString(r.Pattern); length == 0 || length > maxPattern {
		return refuse("InvalidRouteNumberPattern", "Route with an invalid number pattern. That of %.100q has %d characters; it must have 1 to %d.", r.Name, length, maxPattern)
	}
	pattern, err := trunk.NewPattern(r.Pattern)
	if err != nil {
		return refuse("InvalidRouteNumberPattern", "Route with an invalid number pattern. That of %.100q is no .NET regular expression: %.200s.", r.Name, err)
	}
	if err := trial.Try(pattern); err != nil {
		return refuse("InvalidRouteNumberPattern", "Route with an invalid number pattern. That of %.100q is too slow: %s.", r.Name, err)
	}
	if len(r.Trunks) > maxListed {
		return refuse("TooManyTrunks", "Route %.100q has %d trunks; at most %d are possible.", r.Name, len(r.Trunks), maxListed)
	}
	seen := make(map[string]bool)
	for _, name := range r.Trunks {
		if seen[strings.ToLower(name)] {
			return malformed("RouteWithDuplicatedTrunk", "There is a duplicated trunk in a route. Route %.100q has %.100q twice.", r.Name, name)
		}
		seen[strings.ToLower(name)] = true
	}
	if r.CallerID != "" && !isNumber(r.CallerID) {
		return refuse("InvalidCallerIdOverride", "Route with an invalid caller id. That of %.100q must be + and digits (E.164), such as +15551230001.", r.Name)
	}
	return nil
}

// maxDigits is what a number may have. E.164 has 15; some carriers dial more.
const maxDigits = 20

// isNumber reports whether a text is a phone number in E.164 form.
func isNumber(text string) bool {
	digits, ok := strings.CutPrefix(text, "+")
	return ok && digits != "" && len(digits) <= maxDigits &&
		strings.IndexFunc(digits, func(c rune) bool { return c < '0' || c > '9' }) < 0
}

// validHost reports whether a name is a host name with a dot in it. Addresses
// are none: a controller proves who it is by a certificate for its name.
func validHost(name string) bool {
	if len(name) > maxHost || !strings.Contains(name, ".") {
		return false
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		if strings.IndexFunc(label, func(c rune) bool {
			return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-'
		}) >= 0 {
			return false
		}
	}
	return true
}

// checkUnsupported refuses the settings of previews that calls do not obey here, so
// that nobody relies on them. Their defaults are fine.
func (asked trunkPatch) checkUnsupported(name string) error {
	switch {
	case asked.StepOut.Value:
		return fault.Unsupported("trunk %s: stepOutOfSignaling is not offered: calls stay in the server's hands", name)
	case asked.Family.Value != "" && !strings.EqualFold(asked.Family.Value, "IPv4") && !strings.EqualFold(asked.Family.Value, "IPv6"):
		return rest.Field("ipAddressVersion", fault.Invalid("trunk %s: ipAddressVersion is IPv4 or IPv6, not %.20q", name, asked.Family.Value))
	case strings.EqualFold(asked.Family.Value, "IPv6"):
		return fault.Unsupported("trunk %s: ipAddressVersion IPv6 cannot be asked for: the trunk's host decides, by the addresses that it resolves to", name)
	}
	return nil
}
