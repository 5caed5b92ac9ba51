package phonenumbers

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/store"
)

// TestOwnedNumbersAreListed asks for the wire, the pages and what is unknown.
func TestOwnedNumbersAreListed(t *testing.T) {
	f := inMemory(t)
	isGolden(t, "owned", f.send(t, "GET", "/phoneNumbers", "", 200))
	isGolden(t, "one", f.send(t, "GET", "/phoneNumbers/%2B15550100001", "", 200))
	isGolden(t, "unknown", f.send(t, "GET", "/phoneNumbers/%2B14155550100", "", 404))
	first := read[struct{ NextLink string }](t, f, "/phoneNumbers"+version+"&top=1&skip=0")
	if first.NextLink != "/phoneNumbers"+version+"&skip=1&top=1" {
		t.Fatalf("the next page is %q", first.NextLink)
	}
	isGolden(t, "second-page", f.send(t, "GET", first.NextLink, "", 200))
	isGolden(t, "no-page", f.send(t, "GET", "/phoneNumbers"+version+"&skip=9", "", 200))
	for _, bad := range []string{"top=0", "top=x", "skip=-1"} {
		f.send(t, "GET", "/phoneNumbers"+version+"&"+bad, "", 400)
	}
}

// TestPurchaseAndRelease follows a number from the inventory and back.
func TestPurchaseAndRelease(t *testing.T) {
	f := inMemory(t)
	w := f.send(t, "POST", "/availablePhoneNumbers/countries/us/:search",
		`{"phoneNumberType":"geographic","assignmentType":"person","capabilities":{"calling":"inbound","sms":"none"},"areaCode":"425","quantity":1}`, 202)
	id := w.Header().Get("Search-Id")
	if w.Body.Len() != 0 || w.Header().Get("Operation-Id") != "search_"+id || w.Header().Get("Location") != "/availablePhoneNumbers/searchResults/"+id+version ||
		w.Header().Get("Operation-Location") != "/phoneNumbers/operations/search_"+id+version {
		t.Fatalf("headers %v", w.Header())
	}
	isGolden(t, "search-operation", f.send(t, "GET", w.Header().Get("Operation-Location"), "", 200))
	isGolden(t, "search", f.send(t, "GET", w.Header().Get("Location"), "", 200))
	if f.Owns("+14255550101") {
		t.Fatal("a number that was only found is ours")
	}

	f.now = f.now.Add(time.Minute)
	w = f.send(t, "POST", "/availablePhoneNumbers/:purchase", `{"searchId":"`+id+`","agreeToNotResell":true}`, 202)
	if w.Header().Get("Operation-Id") != "purchase_"+w.Header().Get("Purchase-Id") {
		t.Fatalf("headers %v", w.Header())
	}
	isGolden(t, "purchase-operation", f.send(t, "GET", w.Header().Get("Operation-Location"), "", 200))
	isGolden(t, "purchased", f.send(t, "GET", "/phoneNumbers/+14255550101", "", 200))
	if !f.Owns("+14255550101") {
		t.Fatal("the purchased number is not ours")
	}
	again := f.send(t, "POST", "/availablePhoneNumbers/:purchase", `{"searchId":"`+id+`"}`, 202)
	if again.Header().Get("Operation-Id") != w.Header().Get("Operation-Id") {
		t.Error("a repeated purchase is another operation")
	}

	w = f.send(t, "DELETE", "/phoneNumbers/%2B14255550101", "", 202)
	if w.Header().Get("Operation-Id") != "release_"+w.Header().Get("Release-Id") || w.Body.Len() != 0 {
		t.Fatalf("headers %v", w.Header())
	}
	if got := f.ended(t, w, succeeded); got.OperationType != "releasePhoneNumber" {
		t.Errorf("got %+v", got)
	}
	if f.Owns("+14255550101") {
		t.Error("the released number is still ours")
	}
	f.send(t, "DELETE", "/phoneNumbers/%2B14255550101", "", 404)
	if _, found := f.find(t, `,"areaCode":"425","quantity":2`); len(found) != 2 {
		t.Errorf("the released number cannot be found again: %v", found)
	}
}

// TestNumberIsNamedByItsID: as .NET's SDK releases what it has purchased.
func TestNumberIsNamedByItsID(t *testing.T) {
	f := inMemory(t)
	isGolden(t, "one", f.send(t, "GET", "/phoneNumbers/15550100001", "", 200))
	isGolden(t, "capabilities", f.send(t, "PATCH", "/phoneNumbers/15550100001/capabilities", `{"calling":"outbound","sms":null}`, 202))
	f.ended(t, f.send(t, "DELETE", "/phoneNumbers/15550100001", "", 202), succeeded)
	f.send(t, "GET", "/phoneNumbers/15550100001", "", 404)
}

// TestCallerIsTheFirstNumberThatCalls asks which number stands for the resource where a call has no
// caller id.
func TestCallerIsTheFirstNumberThatCalls(t *testing.T) {
	f := inMemory(t)
	if caller := f.Caller(); caller != "+15550100001" {
		t.Errorf("it is %s", caller)
	}
	f.send(t, "PATCH", "/phoneNumbers/%2B15550100001/capabilities", `{"calling":"inbound","sms":null}`, 202)
	if caller := f.Caller(); caller != "+15550100002" {
		t.Errorf("it is %s where the first only takes calls", caller)
	}
}

// TestCallsOfANumberFollowItsCapabilities asks in which directions numbers call.
func TestCallsOfANumberFollowItsCapabilities(t *testing.T) {
	f := inMemory(t)
	calls := func(number string, wantOut, wantIn bool) {
		t.Helper()
		if out, in := f.Calls(number); out != wantOut || in != wantIn {
			t.Errorf("%s: out %t, in %t; want %t and %t", number, out, in, wantOut, wantIn)
		}
	}
	calls("+15550100001", true, true)
	for calling, want := range map[string][2]bool{"outbound": {true, false}, "inbound": {false, true}, "none": {false, false}} {
		f.send(t, "PATCH", "/phoneNumbers/%2B15550100001/capabilities", `{"calling":"`+calling+`","sms":null}`, 202)
		calls("+15550100001", want[0], want[1])
	}
	calls("+15559999999", false, false) // not ours
}

// TestCapabilitiesAreUpdated asks for the operation and for what stays.
func TestCapabilitiesAreUpdated(t *testing.T) {
	f := inMemory(t)
	w := f.send(t, "PATCH", "/phoneNumbers/%2B15550100001/capabilities", `{"calling":"outbound","sms":null}`, 202)
	isGolden(t, "capabilities", w)
	if w.Header().Get("Operation-Id") != "capabilities_"+w.Header().Get("Capabilities-Id") || w.Header().Get("Location") != "/phoneNumbers/+15550100001"+version {
		t.Fatalf("headers %v", w.Header())
	}
	isGolden(t, "capabilities-operation", f.send(t, "GET", w.Header().Get("Operation-Location"), "", 200))
	isGolden(t, "updated", f.send(t, "GET", w.Header().Get("Location"), "", 200))
	f.ended(t, f.send(t, "PATCH", "/phoneNumbers/%2B15550100001/capabilities", `{"sms":"none"}`, 202), succeeded)
	isGolden(t, "updated", f.send(t, "GET", "/phoneNumbers/%2B15550100001", "", 200))
	isGolden(t, "no-sms", f.send(t, "PATCH", "/phoneNumbers/%2B15550100001/capabilities", `{"sms":"inbound"}`, 400))
	f.send(t, "PATCH", "/phoneNumbers/%2B15550100001/capabilities", `{"calling":"sometimes"}`, 400)
	for _, name := range []string{"%2B15550100009", "no_number"} { // as recorded, but to read one is 404
		isGolden(t, "not-owned", f.send(t, "PATCH", "/phoneNumbers/"+name+"/capabilities", `{"calling":"none"}`, 403))
	}
}

// TestFoundNumbersAreHeldForAWhile asks that two searches never find the same.
func TestFoundNumbersAreHeldForAWhile(t *testing.T) {
	f := inMemory(t)
	id, found := f.find(t, `,"quantity":2`)
	if !slices.Equal(found, []string{"+14255550101", "+14255550102"}) {
		t.Fatalf("found %v", found)
	}
	short := f.send(t, "POST", "/availablePhoneNumbers/countries/US/:search", `{"phoneNumberType":"geographic","assignmentType":"application"}`, 202)
	says := "Searches and reservations hold 2 more; one is free again at " + wireTime(f.now.Add(holdTime))
	if got := f.ended(t, short, failed); got.Error.Code != "OutOfStock" || !strings.Contains(got.Error.Message, says) {
		t.Errorf("got %+v", got.Error)
	}
	isGolden(t, "out-of-stock", f.send(t, "GET", short.Header().Get("Location"), "", 200))
	nothing := f.send(t, "POST", "/availablePhoneNumbers/:purchase", `{"searchId":"`+short.Header().Get("Search-Id")+`"}`, 202)
	if got := f.ended(t, nothing, failed); got.Error.Code != "AllNumbersNotAcquired" {
		t.Errorf("got %+v", got.Error)
	}
	f.now = f.now.Add(holdTime)
	if _, again := f.find(t, ""); !slices.Equal(again, found[:1]) {
		t.Errorf("after expiry %v is found", again)
	}
	late := f.send(t, "POST", "/availablePhoneNumbers/:purchase", `{"searchId":"`+id+`"}`, 202)
	if got := f.ended(t, late, failed); got.Error.Code != "ReservationExpired" || f.Owns(found[0]) {
		t.Errorf("got %+v", got.Error)
	}
}

// TestCancelledSearchLetsItsNumbersGo asks what can be cancelled.
func TestCancelledSearchLetsItsNumbersGo(t *testing.T) {
	f := inMemory(t)
	id, found := f.find(t, `,"quantity":2`)
	f.send(t, "DELETE", "/phoneNumbers/operations/search_"+id, "", 204)
	id, again := f.find(t, `,"quantity":2`)
	if !slices.Equal(again, found) {
		t.Errorf("after cancelling %v is found", again)
	}
	w := f.send(t, "POST", "/availablePhoneNumbers/:purchase", `{"searchId":"`+id+`"}`, 202)
	f.send(t, "DELETE", "/phoneNumbers/operations/search_"+id, "", 409)
	f.send(t, "DELETE", w.Header().Get("Operation-Location"), "", 409)
	f.send(t, "DELETE", "/phoneNumbers/operations/search_x", "", 404)
	f.send(t, "GET", "/phoneNumbers/operations/search_x", "", 404)
	if w := f.send(t, "GET", "/availablePhoneNumbers/searchResults/x", "", 404); !strings.Contains(w.Body.String(), `"target":"searchid"`) { // as recorded
		t.Errorf("an unknown search gets %s", w.Body)
	}
	f.send(t, "POST", "/availablePhoneNumbers/:purchase", `{"searchId":"x"}`, 404)
	f.send(t, "POST", "/availablePhoneNumbers/:purchase", "", 404)
}

// TestSearchRefuses asks for what the inventory cannot have.
func TestSearchRefuses(t *testing.T) {
	f := inMemory(t)
	for _, test := range []struct{ name, country, body, code string }{
		{"another country's toll-free numbers", "FR", `{"phoneNumberType":"tollFree","assignmentType":"application"}`, "BadRequest"},
		{"a country without numbers", "DE", `{"phoneNumberType":"geographic","assignmentType":"application"}`, "BadRequest"},
		{"no country", "INVALID", `{"phoneNumberType":"geographic","assignmentType":"application"}`, "InvalidInput"},
		{"SMS", "US", `{"phoneNumberType":"geographic","assignmentType":"application","capabilities":{"sms":"inbound+outbound"}}`, "BadRequest"},
		{"a strange type", "US", `{"phoneNumberType":"satellite","assignmentType":"application"}`, "ValidationError"},
		{"no type", "US", `{}`, "ValidationError"},
		{"no assignment", "US", `{"phoneNumberType":"geographic"}`, "ValidationError"},
		{"a strange capability", "US", `{"phoneNumberType":"geographic","assignmentType":"person","capabilities":{"calling":"x"}}`, "ValidationError"},
		{"none", "US", `{"phoneNumberType":"geographic","assignmentType":"person","quantity":0}`, "ValidationError"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := code(t, f.send(t, "POST", "/availablePhoneNumbers/countries/"+test.country+"/:search", test.body, 400)); got != test.code {
				t.Errorf("got %s", got)
			}
		})
	}
	isGolden(t, "no-country", f.send(t, "POST", "/availablePhoneNumbers/countries/INVALID/:browse", `{"phoneNumberType":"tollFree"}`, 400))
	w := f.send(t, "POST", "/availablePhoneNumbers/countries/US/:search", `{"phoneNumberType":"geographic","assignmentType":"person","quantity":2147483647}`, 202)
	f.ended(t, w, failed)
}

// TestCatalogueIsOfTheInventory asks for countries, areas, offerings, browsing.
func TestCatalogueIsOfTheInventory(t *testing.T) {
	f := inMemory(t)
	const us = "/availablePhoneNumbers/countries/US"
	isGolden(t, "countries", f.send(t, "GET", "/availablePhoneNumbers/countries", "", 200))
	isGolden(t, "areas", f.send(t, "GET", us+"/areaCodes"+version+"&phoneNumberType=geographic&assignmentType=application", "", 200))
	isGolden(t, "areas-toll-free", f.send(t, "GET", us+"/areaCodes"+version+"&phoneNumberType=tollFree", "", 200))
	isGolden(t, "areas-of-france", f.send(t, "GET", "/availablePhoneNumbers/countries/FR/areaCodes"+version+"&phoneNumberType=geographic", "", 200))
	isGolden(t, "localities", f.send(t, "GET", us+"/localities"+version+"&administrativeDivision=WA", "", 200))
	isGolden(t, "offerings", f.send(t, "GET", us+"/offerings", "", 200))
	isGolden(t, "offerings-page", f.send(t, "GET", us+"/offerings"+version+"&assignmentType=person&maxPageSize=1", "", 200))
	isGolden(t, "offerings-none", f.send(t, "GET", "/availablePhoneNumbers/countries/DE/offerings", "", 200))
	isGolden(t, "browse", f.send(t, "POST", us+"/:browse", `{"phoneNumberType":"geographic","assignmentType":"application","phoneNumberPrefixes":["425555","+1800"]}`, 200))
	isGolden(t, "browse-mobile", f.send(t, "POST", "/availablePhoneNumbers/countries/GB/:browse", `{"phoneNumberType":"mobile","assignmentType":"person"}`, 200))
	isGolden(t, "browse-none", f.send(t, "POST", us+"/:browse", `{"phoneNumberType":"geographic","capabilities":{"sms":"outbound"}}`, 200))
	f.send(t, "GET", us+"/areaCodes", "", 400)
	f.send(t, "GET", us+"/offerings"+version+"&assignmentType=x", "", 400)
	f.send(t, "GET", "/availablePhoneNumbers/countries/XX/localities", "", 400)
	f.send(t, "POST", "/availablePhoneNumbers/countries/INVALID/:browse", `{"phoneNumberType":"tollFree"}`, 400)
	f.send(t, "POST", us+"/:browse", `{"phoneNumberType":"x"}`, 400)
	f.send(t, "POST", us+"/:browse", `{"phoneNumberType":"geographic","phoneNumberPrefixes":[`+strings.Repeat(`"9",`, 1000)+`"9"]}`, 400)
}

// TestOperatorInformationIsWhatNumbersSay asks that nothing is invented.
func TestOperatorInformationIsWhatNumbersSay(t *testing.T) {
	f := inMemory(t)
	for number, want := range map[string]string{
		"+14255550101":  `{"values":[{"phoneNumber":"+14255550101","nationalFormat":"(425) 555-0101","internationalFormat":"+1 425-555-0101","isoCountryCode":"US","numberType":"unknown"}]}`,
		"+447700900123": `{"values":[{"phoneNumber":"+447700900123","internationalFormat":"+44 7700900123","isoCountryCode":"GB","numberType":"mobile"}]}`,
		"+18005550100":  `{"values":[{"phoneNumber":"+18005550100","nationalFormat":"(800) 555-0100","internationalFormat":"+1 800-555-0100","isoCountryCode":"US","numberType":"other"}]}`,
		"+1425555":      `{"values":[{"phoneNumber":"+1425555","internationalFormat":"+1 425555","isoCountryCode":"US","numberType":"unknown"}]}`,
		"+80012345678":  `{"values":[{"phoneNumber":"+80012345678","numberType":"unknown"}]}`,
	} {
		if got := f.send(t, "POST", "/operatorInformation/:search", `{"phoneNumbers":["`+number+`"]}`, 200).Body.String(); got != want {
			t.Errorf("got %s", got)
		}
	}
	isGolden(t, "one-number", f.send(t, "POST", "/operatorInformation/:search", `{"phoneNumbers":["+14155550100","+14155550100"]}`, 400))
	f.send(t, "POST", "/operatorInformation/:search", `{"phoneNumbers":["alice"]}`, 400)
	f.send(t, "POST", "/operatorInformation/:search", `{"phoneNumbers":["+14155550100"],"options":{"includeAdditionalOperatorDetails":true}}`, 501)
}

// TestConcurrentPurchasesShareNothing lets many clients want the same numbers.
func TestConcurrentPurchasesShareNothing(t *testing.T) {
	f := newFixture(t, store.InMemory(), func(cfg *Config) {
		cfg.Available = nil
		for i := range 10 {
			cfg.Available = append(cfg.Available, fmt.Sprintf("+1425555%04d", i))
		}
	})
	defer f.Close()
	ask := func(method, target, body string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		f.router.ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader(body)))
		return w
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	times := map[string]int{}
	for range 20 {
		all.Go(func() {
			w := ask("POST", "/availablePhoneNumbers/countries/US/:search"+version, `{"phoneNumberType":"geographic","assignmentType":"application"}`)
			var found struct{ PhoneNumbers []string }
			if err := json.Unmarshal(ask("GET", w.Header().Get("Location"), "").Body.Bytes(), &found); err != nil {
				t.Error(err)
			}
			if got := ask("POST", "/availablePhoneNumbers/:purchase"+version, `{"searchId":"`+w.Header().Get("Search-Id")+`"}`); got.Code != 202 {
				t.Errorf("purchase: %d %s", got.Code, got.Body)
			}
			f.Owns("+14255550000")
			mu.Lock()
			defer mu.Unlock()
			for _, phone := range found.PhoneNumbers {
				times[phone]++
			}
		})
	}
	all.Wait()
	if len(times) != 10 {
		t.Errorf("%d numbers were found", len(times))
	}
	for phone, n := range times {
		if n != 1 || !f.Owns(phone) {
			t.Errorf("%s was found %d times, owned %v", phone, n, f.Owns(phone))
		}
	}
}

// TestNumbersHaveTheirCountry asks the table.
func TestNumbersHaveTheirCountry(t *testing.T) {
	for number, want := range map[string]string{
		"+15550100001": "US geographic", "+14165550100": "CA geographic", "+18765550100": "JM geographic", "+18885550100": "US tollFree",
		"+33155501234": "FR geographic", "+33612345678": "FR mobile", "+33800123456": "FR tollFree", "+77011234567": "KZ geographic", "+74951234567": "RU geographic",
		"+35312345678": "IE geographic", "+353871234567": "IE mobile", "+3531800123456": "IE tollFree", "+99812345": "UZ geographic",
		"+80012345678": "ZZ geographic", "+": "ZZ geographic", "": "ZZ geographic",
	} {
		if of, kind := plan().locate(number); of.iso+" "+kind != want {
			t.Errorf("%s: %s %s, want %s", number, of.iso, kind, want)
		}
	}
	for iso, c := range plan().byISO {
		if len(iso) != 2 || c.name == "" || c.code == "" {
			t.Errorf("%s: %+v", iso, c)
		}
	}
	for prefix, c := range plan().byPrefix {
		if !strings.HasPrefix(prefix, c.code) {
			t.Errorf("prefix %s is not of %+v", prefix, c)
		}
	}
	for prefix := range plan().types {
		if of, _ := plan().locate(prefix); of == nowhere {
			t.Errorf("prefix %s is of no country", prefix)
		}
	}
}

// TestEveryDocumentedRouteExists compares the description of the API, which lies
// beside the repository, with what is registered and with the compatibility page.
func TestEveryDocumentedRouteExists(t *testing.T) {
	text, err := os.ReadFile("../../../shared/api/phone-numbers.2025-06-01.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the description of the API is not beside this checkout")
	}
	if err != nil {
		t.Fatal(err)
	}
	var description struct {
		Paths map[string]map[string]struct{ OperationID string } `json:"paths"`
	}
	if err := json.Unmarshal(text, &description); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	have, compared := inMemory(t).router.Routes(), 0
	for path, methods := range description.Paths {
		if !strings.HasPrefix(path, "/") {
			continue // {nextLink}: the next page, whatever its address
		}
		for method, operation := range methods {
			compared++
			if name := strings.TrimPrefix(operation.OperationID, "PhoneNumbers_"); !strings.Contains(string(page), "\n| "+name+" | ") {
				t.Errorf("%s is not on the compatibility page", name)
			}
			if want := strings.ToUpper(method) + " " + path; !slices.Contains(have, want) {
				t.Errorf("%s is documented, and not registered", want)
			}
		}
	}
	if compared != len(have) {
		t.Errorf("%d routes are documented, %d registered", compared, len(have))
	}
}

// BenchmarkOwns is what each call asks.
func BenchmarkOwns(b *testing.B) {
	f := inMemory(b)
	b.ReportAllocs()
	for b.Loop() {
		if !f.Owns("+15550100001") {
			b.Fatal("not ours")
		}
	}
}

// BenchmarkSearch looks through 10,000 numbers.
func BenchmarkSearch(b *testing.B) {
	f := newFixture(b, store.InMemory(), func(cfg *Config) {
		for i := range 10_000 {
			cfg.Available = append(cfg.Available, fmt.Sprintf("+1425%07d", i))
		}
	})
	defer f.Close()
	b.ReportAllocs()
	for b.Loop() {
		f.find(b, "")
		f.now = f.now.Add(holdTime)
	}
}
