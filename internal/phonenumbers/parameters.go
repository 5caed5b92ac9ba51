package phonenumbers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// countryInPath is the country that a path names. The refusal is the real service's.
func countryInPath(r *http.Request) (country, error) {
	iso := strings.ToUpper(r.PathValue("countryCode"))
	c, ok := plan().byISO[iso]
	if !ok && iso != nowhere.iso {
		return c, rest.Field("countrycode", fault.Invalid("Unable to parse country code.").WithCode("InvalidInput"))
	}
	if !ok {
		return nowhere, nil
	}
	return c, nil
}

// checkKind asks for a type of numbers; optional lets it be left out.
func checkKind(kind string, optional bool) error {
	if optional && kind == "" || slices.Contains([]string{geographic, tollFree, mobile}, kind) {
		return nil
	}
	return rest.Field("phoneNumberType", fault.Invalid("phoneNumberType can be geographic, tollFree and mobile, not %.50q", kind))
}

// checkAssignment asks for an assignment type; optional lets it be left out.
func checkAssignment(assignment string, optional bool) error {
	if optional && assignment == "" || assignment == forPerson || assignment == forApplication {
		return nil
	}
	return rest.Field("assignmentType", fault.Invalid("assignmentType can be person and application, not %.50q", assignment))
}

// inCountry passes numbers of a country and, where it is not "", of a type.
func inCountry(c country, kind string) func(*number) bool {
	return func(n *number) bool { return n.country.iso == c.iso && (kind == "" || n.kind == kind) }
}
