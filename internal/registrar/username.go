package registrar

import (
	"crypto/rand"
	"math/big"
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
)

// emergency are numbers that no colleague may have.
var emergency = []string{"000", "110", "111", "112", "118", "119", "911", "999"}

// checkUserName allows what every telephone can be told and dial: letters,
// digits, dots, hyphens and underscores. A name of digits has at most eight, so
// that it is no phone number.
func checkUserName(name string) error {
	switch {
	case len(name) < 2 || len(name) > maxUserName:
		return fault.Invalid("a phone's user name must have 2 to %d characters", maxUserName)
	case strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") != "":
		return fault.Invalid("the user name %.40q has other characters than letters, digits, dots, hyphens and underscores", name)
	case strings.Trim(name, "0123456789.-") == "" && len(name) > 8:
		return fault.Invalid("the user name %s could be a phone number: one of digits has at most 8", name)
	case slices.Contains(emergency, name):
		return fault.Invalid("the user name %s is an emergency number", name)
	}
	return nil
}

// freeName draws six digits that nobody has.
func (r *Registrar) freeName() string {
	for {
		n, err := rand.Int(rand.Reader, big.NewInt(800_000))
		if err != nil {
			panic(err) // the system has no randomness
		}
		name := n.Add(n, big.NewInt(200_000)).String() // no leading 0 or 1, which reach lines and operators
		if _, taken := r.Find(name); !taken {
			return name
		}
	}
}
