package auth

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestKeysNeverShowTheirSecret(t *testing.T) {
	keys, err := NewKeys(NewKey(), NewKey())
	if err != nil {
		t.Fatal(err)
	}
	primary := keys.Get(Primary)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("test", "keys", keys, "key", primary)
	holder := struct{ Key Key }{primary}
	shown := log.String() + fmt.Sprintf("%v %+v %#v %s %v", primary, primary, primary, keys, holder)
	raw, _ := base64.StdEncoding.DecodeString(primary.Base64())
	for _, secret := range []string{primary.Base64(), fmt.Sprintf("%x", raw), fmt.Sprint(raw)} {
		if strings.Contains(shown, secret) {
			t.Fatalf("the secret is in %q", shown)
		}
	}
	if !strings.Contains(shown, primary.ID()) {
		t.Fatalf("the key's id is not in %q", shown)
	}
}

func TestReplacedKeyIsForgotten(t *testing.T) {
	old, other, next := NewKey(), NewKey(), NewKey()
	keys, _ := NewKeys(old, other)
	if err := keys.Replace(Primary, other); err == nil {
		t.Fatal("both slots took the same key")
	}
	if err := keys.Replace(Primary, next); err != nil {
		t.Fatal(err)
	}
	if keys.Known(old.ID()) || !keys.Known(other.ID()) || !keys.Known(next.ID()) {
		t.Fatal("wrong keys are known after the replacement")
	}
	if rotated, err := keys.Rotate(Secondary); err != nil || keys.Known(other.ID()) || keys.Get(Secondary).ID() != rotated.ID() {
		t.Fatalf("after the rotation: %v", err)
	}
}

func TestParseKeyBounds(t *testing.T) {
	for _, text := range []string{"", "????", base64.StdEncoding.EncodeToString(make([]byte, 15)), base64.StdEncoding.EncodeToString(make([]byte, 1025))} {
		if _, err := ParseKey(text); err == nil {
			t.Errorf("accepted %.20q", text)
		} else if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("the error repeats the key: %v", err)
		}
	}
	key := NewKey()
	again, err := ParseKey(key.Base64())
	if err != nil || again.ID() != key.ID() {
		t.Fatalf("a key does not survive its text: %v", err)
	}
}

func TestKeysHoldTheirSecretsAlone(t *testing.T) {
	one, two, three := NewKey(), NewKey(), NewKey()
	keys, err := NewKeys(one, two)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{one.Base64(): true, two.Base64(): true, three.Base64(): false, "": false, one.ID(): false, one.Base64()[1:]: false} {
		if keys.Holds(text) != want {
			t.Errorf("%.8s…: %v", text, !want)
		}
	}
	if err := keys.Replace(Primary, three); err != nil || keys.Holds(one.Base64()) || !keys.Holds(three.Base64()) {
		t.Error("the replaced key is held still, or the new one is not")
	}
}

func TestPairHasTwoDifferentKeys(t *testing.T) {
	one, other := NewKey(), NewKey()
	for name, pair := range map[string][2]Key{"no primary": {{}, one}, "no secondary": {one, {}}, "none": {}, "the same twice": {one, one}} {
		if _, err := NewKeys(pair[0], pair[1]); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	keys, err := NewKeys(one, other)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]Key{"none": {}, "the other one": other} {
		if err := keys.Replace(Primary, key); err == nil || keys.Get(Primary).ID() != one.ID() {
			t.Errorf("%s: in the place of the primary key, %v", name, err)
		}
	}
}
