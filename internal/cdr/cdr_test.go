package cdr

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/clockjump"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/store"
	"github.com/switchhook/switchhook/internal/store/storetest"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// open returns a keeper on a new folder; its clock stands at *now.
func open(t *testing.T, dir string, now *time.Time, cfg Config) *Keeper {
	t.Helper()
	cfg.Dir, cfg.Now = dir, func() time.Time { return *now }
	cfg.Doubts = clockjump.Open(filepath.Clean(dir)+"-last-alive", cfg.Now, slog.New(slog.DiscardHandler))
	k, err := Open(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func number(t *testing.T, text string) identifier.ID {
	t.Helper()
	id, err := identifier.Parse("4:" + text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// phoneCall is a call of one minute that ended at a time.
func phoneCall(t *testing.T, id string, ended time.Time) call.Detail {
	phone := number(t, "+15551230001")
	began := ended.Add(-time.Minute)
	return call.Detail{
		ServerCallID: "server-" + id, CorrelationID: id, Began: began, Ended: ended,
		From: phone, To: number(t, "+15550100001"), Why: call.Reason{Kind: call.EndedByApplication, Text: "an application ended the call"},
		Legs: []call.LegDetail{{
			Who: phone, Inbound: true, Began: began, Answered: began.Add(time.Second), Ended: ended,
			Why: call.Reason{Kind: call.EndedByApplication},
			Wire: call.Wire{Trunk: "carrier", CallID: "abc@host", Device: "Phone/1", Sound: call.Sound{
				Codec: "PCMU", Sent: 2950, Received: 2900, Loss: 0.01, Jitter: time.Millisecond, MaxJitter: 3 * time.Millisecond,
				RoundTrip: 20 * time.Millisecond, Concealed: 580 * time.Millisecond, MOS: 4.1,
			}},
		}},
		Connections: []call.ConnectionDetail{{ID: "conn-" + id, Origin: call.AnswerOperation, Opened: began, Closed: ended}},
	}
}

func search(t *testing.T, k *Keeper, q Query) ([]Record, string) {
	t.Helper()
	page, err := k.Search(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	var records []Record
	for _, raw := range page.Records {
		var r Record
		if err := json.Unmarshal(raw, &r); err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	return records, page.Next
}

func ids(records []Record) string {
	var list []string
	for _, r := range records {
		list = append(list, r.CorrelationID)
	}
	return strings.Join(list, " ")
}

func TestRecordIsGolden(t *testing.T) {
	over := phoneCall(t, "one", noon)
	record := Record{Legs: []Leg{{Participant: "of another call"}}, Connections: []Connection{{ID: "of another call"}}}
	record.fill(&over)
	got, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	for version := range recordVersion + 1 {
		golden, err := os.ReadFile(storetest.File("call-records", version))
		if err != nil {
			t.Fatal(err)
		}
		if version == recordVersion && !bytes.Equal(bytes.TrimSpace(golden), got) {
			t.Errorf("the record is\n%s", got)
		}
		read, err := readRecord(golden)
		if read.Version != version {
			t.Errorf("version %d is read as %d", version, read.Version)
		}
		if read.Version = recordVersion; err != nil || !reflect.DeepEqual(read, record) {
			t.Errorf("version %d is read as\n%+v, %v\nwant\n%+v", version, read, err, record)
		}
	}
}

// TestRecordOfANewerVersionIsReported: a search does not leave it out.
func TestRecordOfANewerVersionIsReported(t *testing.T) {
	now, dir := noon, t.TempDir()
	k := open(t, dir, &now, Config{})
	defer k.Close()
	k.CallOver(phoneCall(t, "one", now))
	k.Flush()
	newer := `{"version":2,"correlationId":"two"}` + "\n"
	if err := os.WriteFile(filepath.Join(dir, "2026-03-05.0001.jsonl"), []byte(newer), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, about := range []string{"", "two"} {
		if _, err := k.Search(t.Context(), Query{About: about}); !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "2026-03-05.0001.jsonl") || !strings.Contains(err.Error(), "version 2") {
			t.Errorf("about %q: %v", about, err)
		}
	}
	if page, err := k.Search(t.Context(), Query{About: "one"}); err != nil || len(page.Records) != 1 {
		t.Errorf("a search that does not concern it: %v, %v", page, err)
	}
}

func TestRecordsAreFoundNewestFirst(t *testing.T) {
	now, dir := noon, t.TempDir()
	k := open(t, dir, &now, Config{})
	for i := range 3 {
		k.CallOver(phoneCall(t, fmt.Sprint("call", i), now))
	}
	k.Flush()
	k.Close()
	now = now.Add(24 * time.Hour)
	k = open(t, dir, &now, Config{})
	defer k.Close()
	k.CallOver(phoneCall(t, "call3", now))
	failed := phoneCall(t, "call4", now)
	failed.Why, failed.Legs[0].Answered = call.Reason{Kind: call.NoListener}, time.Time{}
	k.CallOver(failed)

	for _, c := range []struct {
		name string
		q    Query
		want string
	}{
		{"all", Query{}, "call4 call3 call2 call1 call0"},
		{"by correlation id", Query{About: "call2"}, "call2"},
		{"by connection", Query{About: "conn-call1"}, "call1"},
		{"by number", Query{About: "+1555123"}, "call4 call3 call2 call1 call0"},
		{"by SIP dialog", Query{About: "abc@host", Limit: 1}, "call4"},
		{"words of other members do not count", Query{About: "packetsSent"}, ""},
		{"since today", Query{Since: now.Add(-time.Hour)}, "call4 call3"},
		{"until today", Query{Until: now.Add(-time.Hour)}, "call2 call1 call0"},
		{"failed", Query{Failed: true}, "call4"},
	} {
		if got, _ := search(t, k, c.q); ids(got) != c.want {
			t.Errorf("%s: found %q, want %q", c.name, ids(got), c.want)
		}
	}
}

func TestPagesFollowEachOther(t *testing.T) {
	now := noon
	k := open(t, t.TempDir(), &now, Config{})
	defer k.Close()
	for i := range 5 {
		if i == 3 {
			now = now.Add(24 * time.Hour)
		}
		k.CallOver(phoneCall(t, fmt.Sprint(i), now))
		k.Flush()
	}
	var all []string
	for token, pages := "", 0; pages == 0 || token != ""; pages++ {
		var found []Record
		found, token = search(t, k, Query{Limit: 2, Token: token})
		all = append(all, ids(found))
		if pages == 0 { // what ends meanwhile does not shift the pages
			k.CallOver(phoneCall(t, "new", now))
		}
	}
	if got := strings.Join(all, "|"); got != "4 3|2 1|0" {
		t.Errorf("pages are %s", got)
	}
	if _, err := k.Search(context.Background(), Query{Token: "../../etc/passwd:1"}); err == nil {
		t.Error("a made-up token was taken")
	}
}

func TestHalfALineOfACrashIsCutOff(t *testing.T) {
	now, dir := noon, t.TempDir()
	k := open(t, dir, &now, Config{})
	k.CallOver(phoneCall(t, "whole", now))
	k.Close()
	name := filepath.Join(dir, "2026-03-04.0001.jsonl")
	file, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	file.WriteString(`{"correlationId":"ha`)
	file.Close()
	k = open(t, dir, &now, Config{})
	defer k.Close()
	k.CallOver(phoneCall(t, "next", now))
	if got, _ := search(t, k, Query{}); ids(got) != "next whole" {
		t.Errorf("found %q", ids(got))
	}
}

func TestFilesGoByAgeAndSize(t *testing.T) {
	now, dir := noon, t.TempDir()
	k := open(t, dir, &now, Config{Keep: 48 * time.Hour})
	defer k.Close()
	for range 5 {
		k.CallOver(phoneCall(t, "x", now))
		k.Flush()
		now = now.Add(24 * time.Hour)
	}
	os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("mine"), 0o600)
	if err := k.files.prune(now.Add(-24*time.Hour), 48*time.Hour, 1<<30); err != nil {
		t.Fatal(err)
	}
	if names, _ := k.files.list(); strings.Join(names, " ") != "2026-03-06.0001.jsonl 2026-03-07.0001.jsonl 2026-03-08.0001.jsonl" {
		t.Errorf("by age, %q are left", names)
	}
	if err := k.files.prune(now, 1000*time.Hour, 1); err != nil {
		t.Fatal(err)
	}
	if names, _ := k.files.list(); strings.Join(names, " ") != "2026-03-08.0001.jsonl" {
		t.Errorf("by size, %q are left", names)
	}
	if err := k.files.prune(now.Add(100*24*time.Hour), 48*time.Hour, 1<<30); err != nil {
		t.Fatal(err)
	}
	if names, _ := k.files.list(); len(names) != 0 {
		t.Errorf("a hundred days after the last call, %q are left", names)
	}
	if _, err := os.Stat(filepath.Join(dir, "notes.txt")); err != nil {
		t.Error("another file was removed")
	}
	k.CallOver(phoneCall(t, "next", now))
	k.Flush()
	if got, _ := search(t, k, Query{}); ids(got) != "next" {
		t.Errorf("after all files were removed, %q is found", ids(got))
	}
}

func TestFullFileIsFollowedByTheNext(t *testing.T) {
	f := files{dir: t.TempDir()}
	defer f.close()
	for range 3 {
		if err := f.append([]byte("0123456789\n"), noon, 20); err != nil {
			t.Fatal(err)
		}
	}
	// A clock that goes back a day writes on in the newest file.
	if err := f.append([]byte("0123456789\n"), noon.Add(-24*time.Hour), 20); err != nil {
		t.Fatal(err)
	}
	names, err := f.list()
	if err != nil || strings.Join(names, " ") != "2026-03-04.0001.jsonl 2026-03-04.0002.jsonl" {
		t.Errorf("files are %q, %v", names, err)
	}
}

func TestLinesAreReadBackwardsOverChunks(t *testing.T) {
	var text strings.Builder
	var want []string
	for i := range 300 {
		line := fmt.Sprint(i, strings.Repeat("x", i*7))
		text.WriteString(line + "\n")
		want = append([]string{line}, want...)
	}
	lines := linesBefore(strings.NewReader(text.String()), int64(text.Len()))
	for i := range want {
		line, begins, err := lines.next()
		if err != nil || string(line) != want[i] || !strings.HasPrefix(text.String()[begins:], want[i]+"\n") {
			t.Fatalf("line %d is %.20q at %d, %v", i, line, begins, err)
		}
	}
	if _, _, err := lines.next(); err == nil {
		t.Error("there is a line too many")
	}
}

func TestMeasuresAreCountedByTrunk(t *testing.T) {
	registry, now := prometheus.NewRegistry(), noon
	k := open(t, t.TempDir(), &now, Config{Metrics: registry})
	defer k.Close()
	k.CallOver(phoneCall(t, "a", now))
	silent := phoneCall(t, "b", now)
	silent.Legs[0].Wire.Sound = call.Sound{}
	k.CallOver(silent)
	for trunk, sound := range map[string]call.Sound{
		"deaf":     {Codec: "PCMU", Sent: 100},
		"reports":  {Codec: "PCMU", Sent: 100, RemoteLoss: 0.02, RemoteMOS: 3.9},
		"measures": {Codec: "PCMU", Sent: 100, RoundTrip: time.Millisecond},
	} {
		other := phoneCall(t, trunk, now)
		other.Legs[0].Inbound, other.Legs[0].Wire.Trunk, other.Legs[0].Wire.Sound = false, trunk, sound
		k.CallOver(other)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			name := family.GetName()
			for _, label := range m.GetLabel() {
				name += " " + label.GetValue()
			}
			got[name] = m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	for name, want := range map[string]float64{
		"switchhook_calls_ended_total endedByApplication":                5,
		"switchhook_call_duration_seconds":                               5,
		"switchhook_legs_ended_total outbound endedByApplication deaf":   1,
		"switchhook_leg_mos deaf":                                        0,
		"switchhook_leg_loss_ratio deaf":                                 0,
		"switchhook_leg_jitter_seconds deaf":                             0,
		"switchhook_leg_remote_mos deaf":                                 0,
		"switchhook_leg_remote_loss_ratio deaf":                          0,
		"switchhook_leg_round_trip_seconds deaf":                         0,
		"switchhook_leg_remote_mos reports":                              1,
		"switchhook_leg_remote_loss_ratio reports":                       1,
		"switchhook_leg_remote_mos measures":                             0,
		"switchhook_leg_remote_loss_ratio measures":                      1,
		"switchhook_leg_round_trip_seconds measures":                     1,
		"switchhook_legs_ended_total inbound endedByApplication carrier": 2,
		"switchhook_leg_packets_total received carrier":                  2900,
		"switchhook_leg_packets_total sent carrier":                      2950,
		"switchhook_leg_mos carrier":                                     1,
		"switchhook_leg_loss_ratio carrier":                              1,
		"switchhook_leg_jitter_seconds carrier":                          1,
		"switchhook_leg_round_trip_seconds carrier":                      1,
		"switchhook_leg_concealed_seconds_total carrier":                 0.58,
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
}

// TestTrunksThatComeAndGoHaveBoundedSeries: applications add trunks by the API, and remove them.
func TestTrunksThatComeAndGoHaveBoundedSeries(t *testing.T) {
	registry := prometheus.NewRegistry()
	m := newMetrics(registry)
	leg := phoneCall(t, "a", noon).Legs[0]
	for n := range maxTrunks + 10 {
		leg.Wire.Trunk = fmt.Sprint("trunk", n)
		m.leg(leg)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if n := len(family.GetMetric()); n > 20 {
			t.Errorf("%s has %d series of 10 trunks that are new", family.GetName(), n)
		}
	}
}

// TestRefusalsOfOursAreNoFailuresOfTheTrunk: the alert SwitchhookTrunkFails looks at what trunks did.
func TestRefusalsOfOursAreNoFailuresOfTheTrunk(t *testing.T) {
	forbidden := call.Status{Code: 403, Phrase: "Forbidden"}
	for name, test := range map[string]struct {
		leg  call.LegDetail
		want string
	}{
		"a guard of the trunk":     {call.LegDetail{Why: call.Reason{Kind: call.Forbidden}}, "outbound refusedHere carrier"},
		"a limit of the trunk":     {call.LegDetail{Why: call.Reason{Kind: call.Overloaded}}, "outbound refusedHere carrier"},
		"a caller id":              {call.LegDetail{Why: call.Reason{Kind: call.CallerIDRefused}}, "outbound refusedHere carrier"},
		"the carrier":              {call.LegDetail{Why: call.Reason{Kind: call.Forbidden, SIP: forbidden}}, "outbound forbidden carrier"},
		"a carrier without answer": {call.LegDetail{Why: call.Reason{Kind: call.Unreachable}}, "outbound unreachable carrier"},
		"an application":           {call.LegDetail{Inbound: true, Why: call.Reason{Kind: call.Forbidden, ByApplication: true}}, "inbound forbidden carrier"},
	} {
		registry := prometheus.NewRegistry()
		test.leg.Wire.Trunk = "carrier"
		newMetrics(registry).leg(test.leg)
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, family := range families {
			if family.GetName() == "switchhook_legs_ended_total" {
				for _, label := range family.GetMetric()[0].GetLabel() {
					got = append(got, label.GetValue())
				}
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func BenchmarkCallOver(b *testing.B) {
	k, err := Open(Config{Dir: b.TempDir()}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer k.Close()
	d := call.Detail{CorrelationID: "a", Legs: make([]call.LegDetail, 2), Connections: make([]call.ConnectionDetail, 1)}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		k.CallOver(d)
		if i%1000 == 999 {
			k.Flush()
		}
	}
}
