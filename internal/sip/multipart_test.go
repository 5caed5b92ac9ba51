package sip

import (
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

var mixed = siptest.Field{Name: "Content-Type", Value: `multipart/mixed; boundary="two parts"`}

// besideISUP puts a description beside another part, as gateways of telephone networks
// do (RFC 3204).
func besideISUP(description []byte, handling string) []byte {
	return []byte("--two parts\r\nContent-Type: application/ISUP;version=itu-t92+\r\nContent-Disposition: signal;handling=" + handling + "\r\n\r\n\x01\x00\xff\r\n" +
		"--two parts\r\nContent-Type: application/sdp\r\n\r\n" + string(description) + "\r\n--two parts--\r\n")
}

// TestDescriptionIsTakenFromBesideOtherParts asks for it in every message that may have one
// (RFC 5621 §3.1).
func TestDescriptionIsTakenFromBesideOtherParts(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, nil, via)
	t.Run("INVITE, re-INVITE and UPDATE", func(t *testing.T) {
		made, err := r.phone(t, nil).Invite(siptest.Invite{To: "+15551230001", NoSound: true, Fields: []siptest.Field{mixed}, Body: string(besideISUP([]byte(tortureSDP), "optional"))})
		if err != nil {
			t.Fatal(err)
		}
		taken := r.next(t)
		taken.Answer()
		if err := made.WaitAnswered(within(t)); err != nil {
			t.Fatal(err)
		}
		expect[call.Answered](t, taken)
		held := []byte(tortureSDP + "a=sendonly\r\n")
		response, err := made.Request(within(t), "UPDATE", besideISUP(held, "optional"), mixed)
		if err != nil || response.Status() != 200 || !strings.Contains(string(response.Body), "a=recvonly") {
			t.Fatalf("UPDATE got %v %v", response, err)
		}
		if news := expect[call.HoldChanged](t, taken); !news.Held {
			t.Error("not held")
		}
		response, err = made.Request(within(t), "INVITE", besideISUP([]byte(tortureSDP), "optional"), mixed)
		if err != nil || response.Status() != 200 || !strings.Contains(string(response.Body), "a=sendrecv") {
			t.Fatalf("re-INVITE got %v %v", response, err)
		}
		if news := expect[call.HoldChanged](t, taken); news.Held {
			t.Error("held")
		}
	})
	t.Run("a required part that nobody understands", func(t *testing.T) {
		made, taken := r.connect(t, r.phone(t, nil))
		for _, method := range []string{"UPDATE", "INVITE"} {
			response, err := made.Request(within(t), method, besideISUP(made.Describe("sendonly"), "required"), mixed)
			if err != nil || response.Status() != 415 || !strings.Contains(response.Get("Accept"), "multipart/mixed") {
				t.Errorf("%s got %v %v", method, response, err)
			}
		}
		response, err := r.phone(t, nil).RequestWith(within(t), "INVITE", "+15551230001", besideISUP([]byte(tortureSDP), "required"), mixed)
		if err != nil || response.Status() != 415 || !strings.Contains(response.Get("Accept"), "application/sdp") {
			t.Errorf("INVITE got %v %v", response, err)
		}
		if response, err := made.Request(within(t), "INFO", []byte("--two parts\r\nContent-Type: application/dtmf-relay\r\n\r\nSignal=5\r\n--two parts--"), mixed); err != nil || response.Status() != 200 {
			t.Errorf("INFO got %v %v", response, err)
		}
		if key := expect[call.ToneHeard](t, taken); key.Tone != '5' {
			t.Errorf("heard %c", key.Tone)
		}
	})
	t.Run("183 and 200", func(t *testing.T) {
		for _, handling := range []string{"optional", "required"} { // nothing can refuse a response
			dialled := r.dial(t, "+15557770000")
			taken, err := phone.Next(within(t))
			if err != nil {
				t.Fatal(err)
			}
			if err := taken.ProgressWith(besideISUP(taken.Describe("sendrecv"), handling), mixed); err != nil {
				t.Fatal(err)
			}
			expect[call.Ringing](t, dialled)
			expect[call.EarlySound](t, dialled)
			if err := taken.AnswerWith(besideISUP(taken.Describe("sendrecv"), handling), mixed); err != nil {
				t.Fatal(err)
			}
			expect[call.Answered](t, dialled)
			dialled.End(call.Reason{})
		}
	})
	t.Run("PRACK", func(t *testing.T) {
		caller := r.phone(t, nil)
		made, err := caller.Invite(siptest.Invite{To: "+15551230001", DelayedOffer: true, Fields: []siptest.Field{{Name: "Require", Value: "100rel"}}})
		if err != nil {
			t.Fatal(err)
		}
		r.next(t).Ring()
		if err := made.WaitRinging(within(t)); err != nil {
			t.Fatal(err)
		}
		ringing := once(caller, isStatus("INVITE", 180, false))[0]
		response, err := made.Request(within(t), "PRACK", besideISUP(made.Describe("sendrecv"), "optional"), mixed, siptest.Field{Name: "RAck", Value: ringing.Get("RSeq") + " 1 INVITE"})
		if err != nil || response.Status() != 200 {
			t.Errorf("got %v %v", response, err)
		}
	})
	t.Run("ACK", func(t *testing.T) {
		made, taken := r.connect(t, r.phone(t, nil))
		if response, err := made.ReinviteDelayed(within(t), besideISUP(made.Describe("sendonly"), "required"), mixed); err != nil || response.Status() != 200 {
			t.Fatalf("got %v %v", response, err)
		}
		if news := expect[call.HoldChanged](t, taken); !news.Held {
			t.Error("the ACK's answer is not obeyed")
		}
	})
}
