package server

import (
	"testing"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/permit"
)

// TestTokensNameWhoMadeThem as guards do.
func TestTokensNameWhoMadeThem(t *testing.T) {
	keys, err := auth.NewKeys(auth.NewKey(), auth.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		token auth.UserToken
		want  string
	}{
		{auth.UserToken{KeyID: keys.Get(auth.Primary).ID()}, permit.PrimaryKey},
		{auth.UserToken{KeyID: keys.Get(auth.Secondary).ID()}, permit.SecondaryKey},
		{auth.UserToken{Subject: "app"}, permit.TokenAsker + "app"},
		{auth.UserToken{}, ""}, // of a sample page
	} {
		if got := issuerOf(test.token, keys); got != test.want {
			t.Errorf("%+v is of %q, want %q", test.token, got, test.want)
		}
	}
}
