package call

import (
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// wordsOf folds case, accents and punctuation, and makes figures of number words. Of
// scripts that are written without spaces each letter is a word.
func wordsOf(text string, figures map[string]string) []string {
	var folded strings.Builder
	for _, r := range norm.NFD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’':
		case unicode.In(r, unspaced...):
			folded.WriteString(" " + string(r) + " ")
		case unicode.IsLetter(r), unicode.IsDigit(r):
			folded.WriteRune(unicode.ToLower(r))
		default:
			folded.WriteByte(' ')
		}
	}
	words := strings.Fields(folded.String())
	for i, word := range words {
		if figure, ok := figures[word]; ok {
			words[i] = figure
		}
	}
	return words
}

// unspaced are the scripts of Chinese, Japanese and Thai.
var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai}

// isIdeograph reports whether a word is one letter of an unspaced script: it may be a part
// of any other word.
func isIdeograph(word string) bool {
	r, size := utf8.DecodeRuneInString(word)
	return size == len(word) && unicode.In(r, unspaced...)
}

// numberWords are the figures' names, folded, by language, in those that callers of menus
// speak most.
var numberWords = func() map[string]map[string]string {
	all := make(map[string]map[string]string)
	for language, names := range map[string]string{
		"en": "zero one two three four five six seven eight nine ten",
		"de": "null eins zwei drei vier funf sechs sieben acht neun zehn",
		"fr": "zero un deux trois quatre cinq six sept huit neuf dix",
		"es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez",
		"it": "zero uno due tre quattro cinque sei sette otto nove dieci",
		"pt": "zero um dois tres quatro cinco seis sete oito nove dez",
		"nl": "nul een twee drie vier vijf zes zeven acht negen tien",
		"da": "nul en to tre fire fem seks syv otte ni ti",
		"nb": "null en to tre fire fem seks sju atte ni ti",
		"sv": "noll ett tva tre fyra fem sex sju atta nio tio",
	} {
		words := make(map[string]string)
		for i, word := range strings.Fields(names) {
			words[word] = []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}[i]
		}
		all[language] = words
	}
	return all
}()

// figuresOf are the number words of languages (BCP 47), and no others: "um" is one in
// Portuguese, and a pause in English. None stands for ACS's default, en-US.
func figuresOf(languages []string) map[string]string {
	if len(languages) == 0 {
		return numberWords["en"]
	}
	words := make(map[string]string)
	for _, language := range languages {
		short, _, _ := strings.Cut(strings.ToLower(language), "-")
		if short == "no" {
			short = "nb"
		}
		maps.Copy(words, numberWords[short])
	}
	return words
}
