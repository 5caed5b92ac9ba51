package storetest

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

type part struct {
	A, B int
	At   time.Time
	Own  string `json:"-"`
	priv string
}

type whole struct {
	Parts []part
	One   *part
	Named map[string]part
}

func TestMembersThatAreNowhereSetAreNamed(t *testing.T) {
	value := whole{Parts: []part{{A: 1}, {At: time.Unix(0, 0)}}, One: &part{priv: "x"}}
	if got, want := unset(reflect.ValueOf(value)), []string{"storetest.part.B", "storetest.whole.Named"}; !slices.Equal(got, want) {
		t.Errorf("unset are %v, want %v", got, want)
	}
	value.Named = map[string]part{"": {B: 2}}
	if got := unset(reflect.ValueOf(value)); got != nil {
		t.Errorf("unset are %v", got)
	}
}
