package call

import "testing"

func TestChoiceByWhatWasSaid(t *testing.T) {
	choices := []Choice{
		{Label: "Confirm", Phrases: []string{"Confirm", "First", "One"}, Tone: '1'},
		{Label: "Cancel", Phrases: []string{"Cancel", "Second", "Two"}, Tone: '2'},
		{Label: "Help", Phrases: []string{"support", "opening hours"}},
		{Label: "Tech", Phrases: []string{"technical support"}},
		{Label: "Café", Phrases: []string{"Café", "ouverture", "cinq"}},
	}
	for said, want := range map[string]string{
		"confirm":                      "Confirm",
		"Confirm.":                     "Confirm",
		"CANCEL!":                      "Cancel",
		"one":                          "Confirm",
		"1":                            "Confirm",
		"yes, I want to cancel please": "Cancel",
		"cancle":                       "", // two edits in six letters
		"cancl":                        "Cancel",
		"confirmed":                    "", // two edits in nine letters
		"support":                      "Help",
		"technical support, please":    "Tech",
		"support or technical support": "Tech",
		"tecnical suport":              "Tech",
		"opening ours":                 "Help",
		"confirm or cancel":            "", // two as well as each other
		"cafe":                         "Café",
		"l'ouverture":                  "Café",
		"ouverture":                    "Café",
		"5":                            "Café",
		"maybe later":                  "",
		"no":                           "",
		"":                             "",
		"?!":                           "",
		"unsupported":                  "",
		"the second one":               "", // Second and One
		"first":                        "Confirm",
	} {
		if label, _, ok := chosen(choices, said); label != want || ok != (want != "") {
			t.Errorf("%q: got %q, want %q", said, label, want)
		}
	}
	if _, phrase, _ := chosen(choices, "well, cancel"); phrase != "Cancel" {
		t.Errorf("the phrase is %q", phrase)
	}
	if _, _, ok := chosen([]Choice{{Label: "x", Phrases: []string{"", "…"}}}, "something"); ok {
		t.Error("an empty phrase was said")
	}
}
