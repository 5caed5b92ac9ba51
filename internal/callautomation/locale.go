package callautomation

import (
	"strings"
)

// checkLocale asks for a language with its region.
func checkLocale(field, locale string, required bool) error {
	switch {
	case locale == "" && !required:
		return nil
	case locale == "":
		return errBody("%s is required.", field)
	case !language.MatchString(locale) || !strings.Contains(locale, "-"):
		return errBody("%s: %.40q is not a language with its region such as en-US.", field, locale)
	}
	return nil
}

// checkLocales asks for languages with their regions, among which one is identified.
func checkLocales(field string, locales []string) error {
	if len(locales) > maxLanguages {
		return errBody("%s: %d languages are more than %d.", field, len(locales), maxLanguages)
	}
	for _, each := range locales {
		if err := checkLocale(field, each, true); err != nil {
			return err
		}
	}
	return nil
}
