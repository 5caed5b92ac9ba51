package phonenumbers

import (
	"net/http"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

type operatorRequest struct {
	Numbers []string `json:"phoneNumbers"`
	Options struct {
		Details bool `json:"includeAdditionalOperatorDetails"`
	} `json:"options"`
}

// searchOperator answers with what a number says by itself: its country, and
// its type where the country's plan sets it apart. Who operates it is in
// databases of carriers, which this server does not have.
func (a *API) searchOperator(w http.ResponseWriter, r *http.Request) error {
	asked, err := rest.Decode[operatorRequest](r)
	if err != nil {
		return err
	}
	if len(asked.Numbers) != 1 {
		return rest.Literal(fault.Invalid("Can only accept one phoneNumber").WithCode("BadRequest"))
	}
	phone := asked.Numbers[0]
	if digits, ok := strings.CutPrefix(phone, "+"); !ok || digits == "" || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return rest.Field("phoneNumbers", fault.Invalid("%.50q is not a phone number in E.164 form, such as +15551230001", phone))
	}
	if asked.Options.Details {
		return fault.Unsupported("additional operator details need a carrier's database, which this server does not have; without them the country and type of a number are answered")
	}
	type operatorInformation struct {
		Phone         string `json:"phoneNumber"`
		National      string `json:"nationalFormat,omitempty"`
		International string `json:"internationalFormat,omitempty"`
		ISO           string `json:"isoCountryCode,omitempty"`
		Kind          string `json:"numberType"`
	}
	place, kind := plan().locate(phone)
	info := operatorInformation{Phone: phone, ISO: place.iso, Kind: "unknown"}
	info.International, info.National = formats(phone, place)
	switch {
	case place == nowhere:
		info.ISO = ""
	case kind == mobile:
		info.Kind = "mobile"
	case kind == tollFree:
		info.Kind = "other"
	}
	return rest.WriteJSON(w, http.StatusOK, struct {
		Values []operatorInformation `json:"values"`
	}{[]operatorInformation{info}})
}

// formats are how a number is written for people abroad and in its country. Of plans
// other than North America's the digits are not grouped, and how a number is written at
// home is not known.
func formats(number string, of country) (international, national string) {
	digits, ok := strings.CutPrefix(number, "+"+of.code)
	switch {
	case !ok || of.code == "" || digits == "":
		return "", ""
	case of.code == "1" && len(digits) == 10:
		area, local := digits[:3], digits[3:6]+"-"+digits[6:]
		return "+1 " + area + "-" + local, "(" + area + ") " + local
	}
	return "+" + of.code + " " + digits, ""
}
