package phonenumbers

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const reservation1 = "/availablePhoneNumbers/reservations/6227aeb8-8086-4824-9586-05cafe96f37b"

// TestReservationIsChosenAndPurchased follows one through its life.
func TestReservationIsChosenAndPurchased(t *testing.T) {
	f := inMemory(t)
	isGolden(t, "reservation-made", f.send(t, "PATCH", reservation1, `{"phoneNumbers":{"14255550101":{"id":"14255550101","status":"available","assignmentType":"person"}}}`, 201))
	f.now = f.now.Add(10 * time.Minute)
	isGolden(t, "reservation-partly", f.send(t, "PATCH", reservation1, `{"phoneNumbers":{"18005550100":{},"15550100001":{},"15559999999":{}}}`, 207))
	isGolden(t, "reservation", f.send(t, "GET", reservation1, "", 200))
	isGolden(t, "reservations", f.send(t, "GET", "/availablePhoneNumbers/reservations", "", 200))
	if _, found := f.find(t, ""); !slices.Equal(found, []string{"+14255550102"}) {
		t.Errorf("%v is found beside a reservation", found)
	}
	f.send(t, "PATCH", reservation1, `{"phoneNumbers":{"18005550100":null}}`, 200)
	w := f.send(t, "POST", reservation1+"/:purchase", `{"agreeToNotResell":false}`, 202)
	if w.Header().Get("Operation-Id") != "reservationpurchase_"+w.Header().Get("Reservation-Purchase-Id") {
		t.Errorf("headers %v", w.Header())
	}
	if got := f.ended(t, w, succeeded); got.OperationType != "reservationPurchase" {
		t.Errorf("got %+v", got)
	}
	isGolden(t, "reservation-purchased", f.send(t, "GET", reservation1, "", 200))
	if !f.Owns("+14255550101") || f.Owns("+18005550100") {
		t.Error("the wrong numbers are ours")
	}
	if again := f.send(t, "POST", reservation1+"/:purchase", "", 202); again.Header().Get("Operation-Id") != w.Header().Get("Operation-Id") {
		t.Error("a repeated purchase is another operation")
	}
	f.send(t, "PATCH", reservation1, `{"phoneNumbers":{}}`, 409)
	f.send(t, "DELETE", reservation1, "", 204)
	if !f.Owns("+14255550101") {
		t.Error("deleting the reservation took the number away")
	}
}

// TestNumbersThatAreNullEmptyTheReservation asks that they are free again.
func TestNumbersThatAreNullEmptyTheReservation(t *testing.T) {
	f := inMemory(t)
	f.send(t, "PATCH", reservation1, `{"phoneNumbers":{"14255550101":{}}}`, 201)
	f.send(t, "PATCH", reservation1, `{"phoneNumbers":null}`, 200)
	if n := f.inventory.known("+14255550101"); !n.freeFor("", f.now) {
		t.Error("the reservation holds its number")
	}
	f.send(t, "POST", reservation1+"/:purchase", "", 409)
}

// TestReservationEnds asks for deletion and expiry, and for what is refused.
func TestReservationEnds(t *testing.T) {
	f := inMemory(t)
	f.send(t, "PATCH", reservation1, `{"phoneNumbers":{"14255550101":{}}}`, 201)
	f.send(t, "DELETE", reservation1, "", 204)
	f.send(t, "GET", reservation1, "", 404)
	if n := f.inventory.known("+14255550101"); !n.freeFor("", f.now) {
		t.Error("a deleted reservation holds its number")
	}
	f.send(t, "PATCH", reservation1, `{"phoneNumbers":{"14255550101":{}}}`, 201)
	f.now = f.now.Add(holdTime)
	isGolden(t, "reservation-expired", f.send(t, "GET", reservation1, "", 200))
	if got := code(t, f.send(t, "POST", reservation1+"/:purchase", "", 409)); got != "ReservationExpired" {
		t.Errorf("got %s", got)
	}
	if _, found := f.find(t, `,"quantity":2`); len(found) != 2 {
		t.Errorf("after expiry %v is found", found)
	}
	const empty = "/availablePhoneNumbers/reservations/6227aeb8-8086-4824-9586-05cafe96f37c"
	isGolden(t, "reservation-empty", f.send(t, "PATCH", empty, `{}`, 201))
	f.send(t, "POST", empty+"/:purchase", "", 409)
	f.send(t, "POST", reservation1[:len(reservation1)-1]+"0/:purchase", "", 404)
	f.send(t, "GET", "/availablePhoneNumbers/reservations/x", "", 400)
	f.send(t, "PATCH", empty, `[]`, 400)
	many := make([]string, maxChosen+1)
	for i := range many {
		many[i] = fmt.Sprintf(`"1%d":{}`, i)
	}
	f.send(t, "PATCH", empty, `{"phoneNumbers":{`+strings.Join(many, ",")+`}}`, 400)
}
