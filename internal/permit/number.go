package permit

import "strings"

// international writes a number as guards compare it: with the plus sign in
// place of the prefixes that most networks take for it, and before digits so
// many that they cannot be a short number.
func international(number string) string {
	const shortest = 8
	switch digits := strings.TrimPrefix(number, "+"); {
	case digits != number && strings.HasPrefix(digits, "00"):
		return "+" + digits[2:]
	case digits != number:
		return number
	case strings.HasPrefix(number, "011") && len(number) >= 3+shortest:
		return "+" + number[3:]
	case strings.HasPrefix(number, "00"):
		return "+" + number[2:]
	case len(number) >= shortest && number[0] >= '1' && number[0] <= '9':
		return "+" + number
	}
	return number
}

func hasPrefix(number string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(number, prefix) {
			return true
		}
	}
	return false
}
