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
		if label, _, ok := chosen(choices, said, []string{"en-US", "fr-FR"}); label != want || ok != (want != "") {
			t.Errorf("%q: got %q, want %q", said, label, want)
		}
	}
	if _, phrase, _ := chosen(choices, "well, cancel", nil); phrase != "Cancel" {
		t.Errorf("the phrase is %q", phrase)
	}
	if _, _, ok := chosen([]Choice{{Label: "x", Phrases: []string{"", "…"}}}, "something", nil); ok {
		t.Error("an empty phrase was said")
	}
}

// TestNumberWordsAreThoseOfTheLanguage: a word that is a number elsewhere is none.
func TestNumberWordsAreThoseOfTheLanguage(t *testing.T) {
	choices := []Choice{{Label: "first", Phrases: []string{"1"}}, {Label: "second", Phrases: []string{"2"}}}
	for _, test := range []struct {
		said      string
		languages []string
		want      string
	}{
		{"um, two", nil, "second"},
		{"um, two", []string{"en-GB"}, "second"},
		{"um", []string{"pt-BR"}, "first"},
		{"dois", []string{"pt-BR"}, "second"},
		{"dois", []string{"en-US"}, ""},
		{"dos", []string{"en-US", "es-MX"}, "second"},
		{"to", []string{"da-DK"}, "second"},
		{"to", []string{"no-NO"}, "second"},
		{"to", []string{"en-US"}, ""},
		{"two", []string{"sr-RS"}, ""},
	} {
		if label, _, _ := chosen(choices, test.said, test.languages); label != test.want {
			t.Errorf("%q in %v: got %q, want %q", test.said, test.languages, label, test.want)
		}
	}
}

// TestChoicesOfScriptsWithoutSpaces: a phrase is found among other words, but not a single
// letter, which may be a part of any.
func TestChoicesOfScriptsWithoutSpaces(t *testing.T) {
	choices := []Choice{
		{Label: "sales", Phrases: []string{"销售", "営業"}}, {Label: "support", Phrases: []string{"技术支持", "サポート"}}, {Label: "one", Phrases: []string{"一"}},
	}
	for said, want := range map[string]string{
		"销售。": "sales", "我要销售": "sales", "请转技术支持。": "support", "営業をお願いします": "sales", "サポート お願いします": "support",
		"一": "one", "等一下": "", "你好": "", "支持": "",
	} {
		if label, _, _ := chosen(choices, said, []string{"zh-CN"}); label != want {
			t.Errorf("%q: got %q, want %q", said, label, want)
		}
	}
}
